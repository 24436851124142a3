#include "aws/object_event.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

namespace signalbox::aws {

namespace {

/// Orders the events of one key: 18 digits, as S3 writes them.
std::string sequencer(Timestamp now) { return fmt::format("{:018X}", now.time_since_epoch().count() << 8U); }

Json object_of(const ObjectChange& change, Timestamp now) {
  Json object = json_object({{"key", change.key}});
  if (change.created) object = object.with("size", Json(change.created->bytes)).with("etag", change.created->etag);
  return object.with("sequencer", sequencer(now));
}

}  // namespace

Json object_event(const Site& site, const ObjectChange& change, const Uuid& id, const Uuid& request_id, Timestamp now) {
  Json detail = json_object({{"version", "0"},
                             {"bucket", json_object({{"name", change.bucket}})},
                             {"object", object_of(change, now)},
                             {"request-id", request_id.value},
                             {"requester", site.account},
                             {"source-ip-address", "127.0.0.1"},
                             {"reason", change.reason}});
  if (!change.created) detail = detail.with("deletion-type", "Permanently Deleted");
  return json_object({{"version", "0"},
                      {"id", id.value},
                      {"detail-type", change.created ? "Object Created" : "Object Deleted"},
                      {"source", "aws.s3"},
                      {"account", site.account},
                      {"time", format_rfc3339(now).substr(0, std::string_view("2026-11-24T01:02:03").size()) + "Z"},
                      {"region", site.region},
                      {"resources", json_array({Json("arn:aws:s3:::" + std::string(change.bucket))})},
                      {"detail", std::move(detail)}});
}

}  // namespace signalbox::aws
