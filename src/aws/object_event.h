#pragma once
/// What a bucket tells EventBridge of its objects. Source: S3 User Guide, "EventBridge event message structure".

#include "signalbox/json.h"
#include "signalbox/objects.h"
#include "signalbox/site.h"

namespace signalbox::aws {

/// `Object Created` or `Object Deleted`, as a whole event. `id`, `request_id`: of the event, of what changed the object.
[[nodiscard]] Json object_event(const Site& site, const ObjectChange& change, const Uuid& id, const Uuid& request_id, Timestamp now);

}  // namespace signalbox::aws
