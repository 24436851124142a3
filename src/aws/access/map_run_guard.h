#pragma once
/// Distributed Maps read and write buckets in their state machine's role.

#include "aws/access/authorizer.h"
#include "signalbox/map_runs.h"

namespace signalbox::aws {

/// Asks before each use whether the role may, and passes on to `storage` what it may. On the engine's thread, as `authorizer` is; both outlive it.
class MapRunGuard final : public MapRunStorage {
 public:
  MapRunGuard(Authorizer& authorizer, MapRunStorage& storage) : authorizer_(authorizer), storage_(storage) {}

  void read(Read request, std::function<void(Evaluated<Items>)> done) override;
  void write(MapRunRow run, std::function<void(Evaluated<Written>)> done) override;
  void forget(MapRunRow run) override { storage_.forget(run); }

 private:
  /// S3's refusal in AWS's words; nothing if the role may.
  [[nodiscard]] std::optional<std::string> refused(const MapRunRecord& run, const Needs& needs);

  Authorizer& authorizer_;
  MapRunStorage& storage_;
};

}  // namespace signalbox::aws
