#pragma once
/// `aws-sdk:s3:…`: what of the object store workflows can call. Parameters and results are spelled as on AWS: PascalCase, bodies as text.

#include "services/objects/object_service.h"
#include "signalbox/engine.h"

namespace signalbox::objects {

/// Before Engine::start(). `service` outlives the engine's thread.
void offer_s3_tasks(Engine& engine, ObjectService& service);

}  // namespace signalbox::objects
