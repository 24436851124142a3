#pragma once
/// Map runs' items and results in the object store.

#include "services/objects/map_runs/item_stream.h"
#include "services/objects/object_service.h"
#include "signalbox/map_runs.h"

#include <map>
#include <memory>
#include <mutex>

namespace signalbox {

/// Items are read as a stream that stays open between calls, so that a long file is read once; after a restart it is opened again and gone through up to
/// where it was. Results are written piece by piece; repeated after a crash, they replace themselves.
class MapRunObjects final : public MapRunStorage {
 public:
  explicit MapRunObjects(ObjectService& service) : service_(service) {}

  void read(Read request, std::function<void(Evaluated<Items>)> done) override;
  void write(MapRunRow run, std::function<void(Evaluated<Written>)> done) override;
  void forget(MapRunRow run) override;

 private:
  struct Session {
    std::unique_ptr<objects::ItemStream> stream;
    std::int64_t position = 0;
  };
  [[nodiscard]] Evaluated<Items> read_now(const Read& request);
  [[nodiscard]] Evaluated<Session> session_at(const Read& request);

  ObjectService& service_;
  std::mutex mutex_;
  std::map<MapRunRow, Session> sessions_;  ///< between calls; guarded by the mutex
};

}  // namespace signalbox
