#pragma once
/// Where everything durable lives: ordered tables of records. The engine and all services share one store, and one commit
/// spans them all. src/store/sqlite_store is the data file; src/store/memory_store its twin for tests.
///
/// A table maps a key of one to three parts (whole numbers and texts, typed columns in the data file) to a record, which is
/// opaque here: a versioned compact encoding where rows are written at every step (record.h), JSON text where a person may want
/// to read it. A module declares its tables in its header and creates them in src/store/schema/NNN_module.sql.

#include "signalbox/result.h"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

enum class KeyPart : std::uint8_t { None, Integer, Text };

/// `inline constexpr Table messages{"messages", {KeyPart::Integer, KeyPart::Integer}};` Compared by address: declare each once.
struct Table {
  const char* name;
  std::array<KeyPart, 3> key;
  bool seldom_changes = false;  ///< few records, read far more often than written: the engine may keep what it reads
};

/// What the whole data file must know of itself: its site, its master key, the highest row numbers given out.
inline constexpr Table meta_table{"meta", {KeyPart::Text}};

/// A table's key, or a prefix of one. Encoded so that the order of bytes is the order of keys: numbers by value, texts by
/// their bytes. A part of another kind than the table's is a bug.
class Key {
 public:
  explicit Key(const Table& table) : table_(&table) {}
  template <class... Parts>
  Key(const Table& table, const Parts&... parts) : table_(&table) {
    (add(parts), ...);
  }

  Key& add(std::int64_t part);
  Key& add(int part) { return add(static_cast<std::int64_t>(part)); }
  Key& add(std::string_view part);
  Key& add(const char* part) { return add(std::string_view(part)); }
  Key& add(const std::string& part) { return add(std::string_view(part)); }

  [[nodiscard]] const Table& table() const { return *table_; }
  [[nodiscard]] const std::string& bytes() const& { return bytes_; }
  [[nodiscard]] std::string bytes() && { return std::move(bytes_); }
  [[nodiscard]] std::size_t parts() const { return parts_; }
  /// Part `index` (from 0). Preconditions: it is there and of that kind.
  [[nodiscard]] std::int64_t integer(std::size_t index) const;
  [[nodiscard]] std::string text(std::size_t index) const;
  /// For stores: a key from its encoded bytes.
  static Key from_bytes(const Table& table, std::string bytes);

 private:
  const Table* table_;
  std::size_t parts_ = 0;
  std::string bytes_;
};

/// Parts of a whole key.
[[nodiscard]] std::size_t key_parts(const Table& table);

/// Keys that begin with `prefix`; of those, only the ones after `after` (or, in reverse, before it).
struct KeyRange {
  Key prefix;
  std::optional<Key> after = std::nullopt;  ///< exclusive; a prefix key stands for all keys that begin with it
  bool reverse = false;
};

/// Thrown by reads when the data file cannot be read. The only exception that crosses modules: every read could
/// fail so, none can do anything about it, and it is caught in two places, the engine's loop and the HTTP session, where it becomes
/// ErrorCode::Unavailable.
class StoreFailure : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads see committed state (a Transaction: its own writes too).
class Reader {
 public:
  virtual ~Reader() = default;
  [[nodiscard]] virtual std::optional<std::string> get(const Key& key) const = 0;
  /// Calls `visit` in key order until it returns false. `visit` must not write.
  virtual void scan(const KeyRange& range, const std::function<bool(const Key& key, std::string_view record)>& visit) const = 0;
  /// For the reader of an event loop: what one handler reads may serve the next ones too, as long as nothing was committed since. `later` takes work that
  /// the loop must do after what it has at hand; the state that is held is let go of there.
  virtual void share_snapshots(std::function<void(std::function<void()>)> later) { (void)later; }

 protected:
  friend class ReadSnapshot;
  /// Only views of a file that others write have anything to do; they may be nested.
  virtual void begin_snapshot() const {}
  virtual void end_snapshot() const {}
};

/// Holds a reader at one committed state while it lives: what is read fits together, and the data file is locked once for all of it. Within one
/// function, never across co_await: an old state would be seen, and the log could not be cut down.
class ReadSnapshot {
 public:
  explicit ReadSnapshot(const Reader& reader) : reader_(reader) { reader_.begin_snapshot(); }
  ~ReadSnapshot() { reader_.end_snapshot(); }
  ReadSnapshot(const ReadSnapshot&) = delete;
  ReadSnapshot& operator=(const ReadSnapshot&) = delete;

 private:
  const Reader& reader_;
};

/// What one commit changes. The last write of a key wins.
class WriteBatch {
 public:
  void put(Key key, std::string record);
  void erase(Key key);
  void clear();
  [[nodiscard]] bool empty() const;
  /// Takes over what `later` writes; of a key that both write, its write wins.
  void merge(WriteBatch&& later);

  /// A table's writes by encoded key; nothing stands for an erasure. tables(): in order of first use.
  using Writes = std::map<std::string, std::optional<std::string>>;
  [[nodiscard]] const std::vector<std::pair<const Table*, Writes>>& tables() const { return tables_; }
  [[nodiscard]] const Writes* writes(const Table& table) const;

 private:
  Writes& of(const Table& table);
  std::vector<std::pair<const Table*, Writes>> tables_;
};

/// Thread rule: one thread uses the store; each reader() may be used by one other thread.
class Store : public Reader {
 public:
  /// All of the batch, durably, or nothing. On return with success it survives power loss. Errors: Unavailable (disk full, I/O
  /// error): nothing was changed.
  [[nodiscard]] virtual Result<void> commit(const WriteBatch& batch) = 0;
  /// A second view, for another thread: sees each commit once it has returned.
  [[nodiscard]] virtual std::unique_ptr<Reader> reader() = 0;
  /// A copy of everything committed, into a new file, while work goes on. Any thread. Errors: AlreadyExists, Internal (I/O),
  /// NotSupported (a store that is no file).
  [[nodiscard]] virtual Result<void> backup(const std::string& path) = 0;
};

}  // namespace signalbox
