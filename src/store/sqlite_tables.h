#pragma once
/// One connection's prepared statements, by table. Every statement goes by the primary key.

#include "signalbox/store.h"

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "store/sqlite.h"

namespace signalbox::sqlite {

class Tables {
 public:
  /// `database` must outlive this.
  explicit Tables(sqlite3* database) : database_(database) {}

  /// Both throw StoreFailure.
  [[nodiscard]] std::optional<std::string> get(const Key& key);
  void scan(const KeyRange& range, const std::function<bool(const Key& key, std::string_view record)>& visit);
  /// False: SQLite's last error says why.
  [[nodiscard]] bool write(const Table& table, const WriteBatch::Writes& writes);

 private:
  /// What decides a scan's SQL.
  struct Shape {
    std::size_t prefix_parts, after_parts;
    bool reverse;
    auto operator<=>(const Shape&) const = default;
  };
  struct Prepared {
    std::vector<std::string> columns;  ///< of the key
    Statement get, put, erase;
    std::map<Shape, std::vector<Statement>> scans;  ///< those not in use: a visitor may scan the same range again
  };

  Prepared& prepared(const Table& table);
  [[nodiscard]] std::string scan_sql(const Table& table, const Prepared& of, const Shape& shape) const;

  sqlite3* database_;
  std::unordered_map<const Table*, Prepared> prepared_;
};

}  // namespace signalbox::sqlite
