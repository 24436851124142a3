#include "store/sqlite_tables.h"

#include <array>

namespace signalbox::sqlite {

namespace {

std::string joined(const std::vector<std::string>& words, std::size_t first, std::size_t last, const char* separator,
                   const char* suffix = "") {
  std::string text;
  for (std::size_t i = first; i < last; ++i) text += (i > first ? separator : "") + words[i] + suffix;
  return text;
}

std::string question_marks(std::size_t count) { return joined(std::vector<std::string>(count, "?"), 0, count, ", "); }

/// Texts bound to a statement, which must not move while it runs: those of a key and of the one that a scan begins after.
class Texts {
 public:
  std::string_view keep(std::string text) { return room_[used_++] = std::move(text); }

 private:
  std::array<std::string, 6> room_;
  std::size_t used_ = 0;
};

/// A key's parts from `first_part` on, as parameters. Texts are kept in `texts` until the statement has run.
int bind_key(sqlite3_stmt* statement, int parameter, const Key& key, std::size_t first_part, Texts& texts) {
  for (std::size_t i = first_part; i < key.parts(); ++i, ++parameter) {
    if (key.table().key[i] == KeyPart::Integer) {
      bind_integer(statement, parameter, key.integer(i));
    } else {
      bind_text(statement, parameter, texts.keep(key.text(i)));
    }
  }
  return parameter;
}

Key read_key(const Table& table, sqlite3_stmt* statement) {
  Key key(table);
  for (std::size_t i = 0; i < key_parts(table); ++i) {
    const int column = static_cast<int>(i);
    if (table.key[i] == KeyPart::Integer) {
      key.add(static_cast<std::int64_t>(sqlite3_column_int64(statement, column)));
    } else {
      key.add(column_bytes(statement, column));
    }
  }
  return key;
}

}  // namespace

Tables::Prepared& Tables::prepared(const Table& table) {
  if (const auto found = prepared_.find(&table); found != prepared_.end()) return found->second;
  const std::string name(table.name);
  const Statement probe = prepare(database_, "SELECT * FROM " + name + " LIMIT 0");
  const auto parts = key_parts(table);
  if (sqlite3_column_count(probe.get()) != static_cast<int>(parts) + 1) {
    throw StoreFailure("the table " + name + " of the data file does not have the columns of its key and one record");
  }
  Prepared made;
  for (std::size_t i = 0; i < parts; ++i) made.columns.emplace_back(sqlite3_column_name(probe.get(), static_cast<int>(i)));
  const std::string where = " WHERE " + joined(made.columns, 0, parts, " AND ", " = ?");
  made.get = prepare(database_, "SELECT record FROM " + name + where);
  made.put = prepare(database_, "REPLACE INTO " + name + " VALUES (" + question_marks(parts + 1) + ")");
  made.erase = prepare(database_, "DELETE FROM " + name + where);
  return prepared_.emplace(&table, std::move(made)).first->second;
}

std::optional<std::string> Tables::get(const Key& key) {
  SIGNALBOX_ASSERT(key.parts() == key_parts(key.table()));
  sqlite3_stmt* statement = prepared(key.table()).get.get();
  Texts texts;
  const Use use(statement);
  bind_key(statement, 1, key, 0, texts);
  switch (sqlite3_step(statement)) {
    case SQLITE_ROW: return std::string(column_bytes(statement, 0));
    case SQLITE_DONE: return std::nullopt;
    default: throw_failure(database_, std::string("read of ") + key.table().name);
  }
}

std::string Tables::scan_sql(const Table& table, const Prepared& of, const Shape& shape) const {
  const std::size_t parts = of.columns.size();
  std::string sql = "SELECT " + joined(of.columns, 0, parts, ", ") + ", record FROM " + table.name;
  std::string condition = joined(of.columns, 0, shape.prefix_parts, " AND ", " = ?");
  if (shape.after_parts > 0) {
    const std::size_t last = shape.prefix_parts + shape.after_parts;
    condition += (condition.empty() ? "(" : " AND (") + joined(of.columns, shape.prefix_parts, last, ", ") + ")" +
                 (shape.reverse ? " < (" : " > (") + question_marks(shape.after_parts) + ")";
  }
  if (!condition.empty()) sql += " WHERE " + condition;
  return sql + " ORDER BY " + joined(of.columns, 0, parts, ", ", shape.reverse ? " DESC" : "");
}

void Tables::scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) {
  const Table& table = range.prefix.table();
  SIGNALBOX_ASSERT(!range.after || (&range.after->table() == &table && range.after->bytes().starts_with(range.prefix.bytes())));
  const Shape shape{range.prefix.parts(), range.after ? range.after->parts() - range.prefix.parts() : 0, range.reverse};
  // After the prefix itself, which stands for all keys that begin with it, there is nothing.
  if (range.after && shape.after_parts == 0) return;

  Prepared& of = prepared(table);
  auto& free = of.scans[shape];
  if (free.empty()) free.push_back(prepare(database_, scan_sql(table, of, shape)));
  struct Borrowed {
    std::vector<Statement>& home;
    Statement statement;
    ~Borrowed() {
      sqlite3_reset(statement.get());
      home.push_back(std::move(statement));
    }
  } borrowed{free, std::move(free.back())};
  free.pop_back();

  sqlite3_stmt* statement = borrowed.statement.get();
  Texts texts;
  const int next = bind_key(statement, 1, range.prefix, 0, texts);
  if (range.after) bind_key(statement, next, *range.after, range.prefix.parts(), texts);
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
    const Key key = read_key(table, statement);
    if (!visit(key, column_bytes(statement, static_cast<int>(of.columns.size())))) return;
  }
  if (code != SQLITE_DONE) throw_failure(database_, std::string("scan of ") + table.name);
}

bool Tables::write(const Table& table, const WriteBatch::Writes& writes) {
  Prepared& of = prepared(table);
  for (const auto& [bytes, record] : writes) {
    const Key key = Key::from_bytes(table, bytes);
    sqlite3_stmt* statement = record ? of.put.get() : of.erase.get();
    Texts texts;
    const Use use(statement);
    const int next = bind_key(statement, 1, key, 0, texts);
    if (record) bind_record(statement, next, *record);
    if (sqlite3_step(statement) != SQLITE_DONE) return false;
  }
  return true;
}

}  // namespace signalbox::sqlite
