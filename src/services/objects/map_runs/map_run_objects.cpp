#include "services/objects/map_runs/map_run_objects.h"

#include <stdexcept>

#include "services/objects/map_runs/result_files.h"

namespace signalbox {

using namespace objects;

void MapRunObjects::read(Read request, std::function<void(Evaluated<Items>)> done) {
  service_.on_file_thread([this, request = std::move(request), done = std::move(done)] {
    try {
      done(read_now(request));
    } catch (const std::runtime_error& failure) {  // the object's bytes, or the data file
      done(item_reader_failed(failure.what()));
    }
  });
}

Evaluated<MapRunStorage::Items> MapRunObjects::read_now(const Read& request) {
  const auto most = request.reader.max_items;
  if (most < 0) return item_reader_failed("field MaxItems must be positive");
  auto session = session_at(request);
  if (!session) return session.error();
  Items items;
  std::size_t bytes = 0;
  while (!items.at_end && items.items.size() < request.items_max && bytes < request.bytes_max) {
    if (most > 0 && session->position == most) {
      items.at_end = true;
      break;
    }
    auto next = session->stream->next();
    if (!next) return next.error();
    if (!*next) {
      items.at_end = true;
      break;
    }
    bytes += (*next)->text_bytes();
    items.items.push_back({std::move(**next)});
    ++session->position;
  }
  if (!items.at_end) {
    const std::lock_guard lock(mutex_);
    sessions_[request.run] = std::move(*session);
  }
  return items;
}

Evaluated<MapRunObjects::Session> MapRunObjects::session_at(const Read& request) {
  {
    const std::lock_guard lock(mutex_);
    if (auto kept = sessions_.extract(request.run); !kept.empty() && kept.mapped().position == request.position)
      return std::move(kept.mapped());
  }
  auto stream = open_items(service_, std::shared_ptr<Reader>(service_.engine().reader()), request.reader);
  if (!stream) return stream.error();
  Session session{std::move(*stream), 0};
  for (; session.position < request.position; ++session.position) {
    const auto skipped = session.stream->next();
    if (!skipped) return skipped.error();
    if (!*skipped) return item_reader_failed("The items have changed while they were read");
  }
  return session;
}

void MapRunObjects::write(MapRunRow run, std::function<void(Evaluated<Written>)> done) {
  service_.on_file_thread([this, run, done = std::move(done)] {
    try {
      write_results(service_, run, done);
    } catch (const std::runtime_error& failure) {
      done(result_writer_failed(failure.what()));
    }
  });
}

void MapRunObjects::forget(MapRunRow run) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(run);
}

}  // namespace signalbox
