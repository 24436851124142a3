#pragma once
/// The files that a ResultWriter leaves. Source: Step Functions Developer Guide, "ResultWriter (Map)".

#include "services/objects/object_service.h"
#include "signalbox/map_runs.h"

#include <functional>

namespace signalbox::objects {

/// Writes `PREFIX/UUID/{SUCCEEDED,FAILED,PENDING}_0.json` and `manifest.json` in one transaction, and says where. On a file thread; `done` is called on the
/// engine's. Errors: States.ResultWriterFailed.
void write_results(ObjectService& service, MapRunRow run, std::function<void(Evaluated<MapRunStorage::Written>)> done);

[[nodiscard]] WorkflowError result_writer_failed(std::string cause);

}  // namespace signalbox::objects
