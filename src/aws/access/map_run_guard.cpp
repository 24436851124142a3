#include "aws/access/map_run_guard.h"

#include "services/objects/map_runs/item_stream.h"
#include "services/objects/map_runs/result_files.h"
#include "services/objects/object_errors.h"

namespace signalbox::aws {

namespace {

std::string bucket_arn(const Json& parameters) { return "arn:aws:s3:::" + member_text(parameters, "Bucket"); }

Needs needs_of_reader(const MapRunPlan::Reader& reader) {
  if (!reader.lists) return {{"s3:GetObject", bucket_arn(reader.parameters) + "/" + member_text(reader.parameters, "Key")}};
  access::Request listing{"s3:ListBucket", bucket_arn(reader.parameters)};
  if (const auto prefix = member_text(reader.parameters, "Prefix"); !prefix.empty()) listing.keys["s3:prefix"] = {prefix};
  return {std::move(listing)};
}

/// Results lie below the prefix, in a folder of the run's.
Needs needs_of_writer(const Json& parameters, const std::string& run_id) {
  const auto prefix = member_text(parameters, "Prefix");
  return {{"s3:PutObject", bucket_arn(parameters) + "/" + (prefix.empty() ? std::string() : prefix + "/") + run_id + "/manifest.json"}};
}

}  // namespace

std::optional<std::string> MapRunGuard::refused(const MapRunRecord& run, const Needs& needs) {
  if (run.role_arn.empty()) return std::nullopt;
  const auto refusal = authorizer_.refuse(Caller{.session = {run.role_arn, run.id}}, needs);
  return refusal ? std::optional(objects::s3_refusal(objects::object_error("AccessDenied", refusal->text))) : std::nullopt;
}

void MapRunGuard::read(Read request, std::function<void(Evaluated<Items>)> done) {
  if (const auto run = find_map_run(authorizer_.reader(), request.run))
    if (const auto why = refused(*run, needs_of_reader(request.reader))) return done(objects::item_reader_failed(*why));
  storage_.read(std::move(request), std::move(done));
}

void MapRunGuard::write(MapRunRow run, std::function<void(Evaluated<Written>)> done) {
  const auto plan = find_map_run_plan(authorizer_.reader(), run);
  const auto record = find_map_run(authorizer_.reader(), run);
  if (record && plan.writer && plan.writer->parameters)
    if (const auto why = refused(*record, needs_of_writer(*plan.writer->parameters, record->id)))
      return done(objects::result_writer_failed(*why));
  storage_.write(run, std::move(done));
}

}  // namespace signalbox::aws
