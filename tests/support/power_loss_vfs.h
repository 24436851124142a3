#pragma once
/// A disk for SQLite that keeps only what was synced when the power fails.

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::testing {

/// As long as it lives, SQLite's default VFS: all files are in memory, by name. Writes since a file's last sync are kept apart; lose_power() drops
/// them, or keeps any of them at random, as a disk may. After `operations_left` writes and syncs everything fails, as if the power had
/// gone at that moment. One process, one thread, one connection at a time.
class PowerLossVfs {
 public:
  PowerLossVfs() {
    base_ = sqlite3_vfs_find(nullptr);
    vfs_ = *base_;
    vfs_.szOsFile = sizeof(OpenFile);
    vfs_.zName = "power-loss";
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    vfs_.xAccess = access;
    vfs_.xFullPathname = full_pathname;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~PowerLossVfs() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(base_, 1);
  }
  PowerLossVfs(const PowerLossVfs&) = delete;
  PowerLossVfs& operator=(const PowerLossVfs&) = delete;

  static constexpr long forever = -1;
  void fail_after(long operations) { operations_left_ = operations; }
  [[nodiscard]] bool is_dead() const { return operations_left_ == 0; }
  [[nodiscard]] long operations() const { return operations_; }

  /// What is on the disk when the power is back. `random`: which of the writes that were not synced happen to be there; null: none.
  void lose_power(std::mt19937* random) {
    for (auto& [name, file] : files_) {
      for (const Write& write : file->unsynced) {
        if (random && (*random)() % 2 == 0) apply(file->durable, write);
      }
      file->unsynced.clear();
      file->current = file->durable;
      file->shared_memory.clear();
    }
    operations_left_ = forever;
  }

 private:
  struct Write {
    std::size_t offset;
    std::string bytes;
    bool truncates;  ///< to `offset`
  };
  struct File {
    std::string durable, current;
    std::vector<Write> unsynced;
    std::vector<std::unique_ptr<char[]>> shared_memory;
  };
  struct OpenFile {
    sqlite3_file base;
    PowerLossVfs* vfs;
    std::shared_ptr<File>* file;
  };

  static PowerLossVfs& of(sqlite3_vfs* vfs) { return *static_cast<PowerLossVfs*>(vfs->pAppData); }
  static OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }
  static File& data(sqlite3_file* file) { return **of(file).file; }

  static void apply(std::string& bytes, const Write& write) {
    if (write.truncates) {
      bytes.resize(std::min(bytes.size(), write.offset));
      return;
    }
    if (bytes.size() < write.offset + write.bytes.size()) bytes.resize(write.offset + write.bytes.size());
    std::copy(write.bytes.begin(), write.bytes.end(), bytes.begin() + static_cast<std::ptrdiff_t>(write.offset));
  }

  /// False: the power is gone.
  bool spend() {
    ++operations_;
    if (operations_left_ == forever) return true;
    if (operations_left_ > 0) --operations_left_;
    return operations_left_ > 0;
  }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    static const sqlite3_io_methods methods = {2,
                                               close,
                                               read,
                                               write,
                                               truncate,
                                               sync,
                                               file_size,
                                               lock,
                                               unlock,
                                               check_reserved_lock,
                                               file_control,
                                               sector_size,
                                               device_characteristics,
                                               shm_map,
                                               shm_lock,
                                               shm_barrier,
                                               shm_unmap,
                                               nullptr,
                                               nullptr};
    auto& self = of(vfs);
    OpenFile& opened = of(file);
    opened.base.pMethods = nullptr;
    auto& stored = self.files_[name ? name : "temporary"];
    if (!stored && !(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
    if (!stored) stored = std::make_shared<File>();
    opened.vfs = &self;
    opened.file = new std::shared_ptr<File>(stored);
    opened.base.pMethods = &methods;
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* name, int) {
    of(vfs).files_.erase(name);
    return SQLITE_OK;
  }
  static int access(sqlite3_vfs* vfs, const char* name, int, int* exists) {
    *exists = of(vfs).files_.contains(name);
    return SQLITE_OK;
  }
  static int full_pathname(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  }

  static int close(sqlite3_file* file) {
    delete of(file).file;
    return SQLITE_OK;
  }
  static int read(sqlite3_file* file, void* out, int amount, sqlite3_int64 offset) {
    const std::string& bytes = data(file).current;
    const auto begin = static_cast<std::size_t>(offset), wanted = static_cast<std::size_t>(amount);
    const std::size_t there = begin < bytes.size() ? std::min(wanted, bytes.size() - begin) : 0;
    std::memset(out, 0, wanted);
    std::memcpy(out, bytes.data() + std::min(begin, bytes.size()), there);
    return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
  }
  static int change(sqlite3_file* file, Write made) {
    if (!of(file).vfs->spend()) return SQLITE_IOERR_WRITE;
    apply(data(file).current, made);
    data(file).unsynced.push_back(std::move(made));
    return SQLITE_OK;
  }
  /// Long writes are several: the power may fail in the middle of them, and a disk need not keep all of one.
  static int write(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
    constexpr std::size_t piece_max = 4'096;
    std::string_view left(static_cast<const char*>(bytes), static_cast<std::size_t>(amount));
    for (auto at = static_cast<std::size_t>(offset); !left.empty(); at += piece_max) {
      if (const int code = change(file, {at, std::string(left.substr(0, piece_max)), false}); code != SQLITE_OK) return code;
      left.remove_prefix(std::min(left.size(), piece_max));
    }
    return SQLITE_OK;
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) { return change(file, {static_cast<std::size_t>(size), {}, true}); }
  static int sync(sqlite3_file* file, int) {
    if (!of(file).vfs->spend()) return SQLITE_IOERR_FSYNC;
    data(file).durable = data(file).current;
    data(file).unsynced.clear();
    return SQLITE_OK;
  }
  static int file_size(sqlite3_file* file, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(data(file).current.size());
    return SQLITE_OK;
  }
  static int lock(sqlite3_file*, int) { return SQLITE_OK; }
  static int unlock(sqlite3_file*, int) { return SQLITE_OK; }
  static int check_reserved_lock(sqlite3_file*, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
  }
  static int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file*) { return 512; }
  static int device_characteristics(sqlite3_file*) { return 0; }
  static int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
    auto& memory = data(file).shared_memory;
    const auto index = static_cast<std::size_t>(region);
    *out = nullptr;
    if (memory.size() <= index && !extend) return SQLITE_OK;
    while (memory.size() <= index) memory.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
    *out = memory[index].get();
    return SQLITE_OK;
  }
  static int shm_lock(sqlite3_file*, int, int, int) { return SQLITE_OK; }
  static void shm_barrier(sqlite3_file*) {}
  static int shm_unmap(sqlite3_file* file, int) {
    data(file).shared_memory.clear();
    return SQLITE_OK;
  }

  sqlite3_vfs* base_;
  sqlite3_vfs vfs_{};
  std::map<std::string, std::shared_ptr<File>> files_;
  long operations_left_ = forever, operations_ = 0;
};

}  // namespace signalbox::testing
