#include "unit/expr/support.h"

using namespace signalbox;

namespace {

constexpr const char* store = R"({
  "store": {"book": [
    {"category": "reference", "author": "Nigel", "price": 8.95, "tags": ["a", "b"]},
    {"category": "fiction", "author": "Evelyn", "price": 12.99, "tags": []},
    {"category": "fiction", "author": "Herman", "price": 8.99, "isbn": "0-553"},
    {"category": "fiction", "author": "J. R. R.", "price": 22.99, "isbn": "0-395"}],
    "bicycle": {"color": "red", "price": 19.95}},
  "limit": 10, "wanted": "Herman", "a-b": 1, "x y": 2, "ü": 3, "it's": 4, "n": null, "deep": {"a": {"a": 1}}})";

std::string evaluated(const std::string& path_text, std::string input = store) {
  Around around(std::move(input));
  auto path = PathExpression::parse(path_text);
  if (!path) return "refused: " + path.error().message;
  const auto value = path->evaluate(around.context());
  return value ? value->text() : *value.error().cause;
}

}  // namespace

TEST_CASE("paths give what they say") {
  const std::pair<const char*, const char*> cases[] = {
      {"$.limit", "10"},
      {"$['limit']", "10"},
      {"$[\"limit\"]", "10"},
      {"$.['limit']", "10"},
      {"$.store.book[0].price", "8.95"},
      {"$.store.book.[0].price", "8.95"},
      {"$.store.book[-1].author", "\"J. R. R.\""},
      {"$.a-b", "1"},
      {"$.ü", "3"},
      {"$['x y']", "2"},
      {"$['it\\'s']", "4"},
      {"$.\\u00fc", "3"},
      {"$['\\u00fc']", "3"},
      {"$.x\\ y", "2"},
      {"$.n", "null"},
      {"$$.Execution.Name", "\"run\""},
      {"$v.a[1]", "2"},
      {"$größe", "3"},
      {"$.store.book[*].author", R"(["Nigel","Evelyn","Herman","J. R. R."])"},
      {"$.store.bicycle.*", R"(["red",19.95])"},
      {"$..author", R"(["Nigel","Evelyn","Herman","J. R. R."])"},
      {"$.store..price", "[8.95,12.99,8.99,22.99,19.95]"},
      {"$..a", R"([{"a":1},1])"},
      {"$..book[2].author", R"(["Herman"])"},
      {"$..book[0,1].author", R"(["Nigel","Evelyn"])"},
      {"$..book[:2].author", R"(["Nigel","Evelyn"])"},
      {"$.store.book[1:3].author", R"(["Evelyn","Herman"])"},
      {"$.store.book[-2:].author", R"(["Herman","J. R. R."])"},
      {"$.store.book[:-3].author", R"(["Nigel"])"},
      {"$.store.book[2:1]", "[]"},
      {"$.store.bicycle['color','price']", R"({"color":"red","price":19.95})"},
      {"$.store.book[*].['author','isbn']",
       R"([{"author":"Nigel"},{"author":"Evelyn"},{"author":"Herman","isbn":"0-553"},{"author":"J. R. R.","isbn":"0-395"}])"},
      {"$.store['book','bicycle'].price", "[19.95]"},
      {"$.nothing[*]", "[]"},
      {"$.nothing[1:].x", "[]"},
      {"$..nothing", "[]"},
      {"$.deep..*", R"([{"a":1},1])"},
  };
  for (const auto& [path, value] : cases) {
    INFO(path);
    CHECK(evaluated(path) == value);
  }
}

TEST_CASE("filters") {
  const std::pair<const char*, const char*> cases[] = {
      {"@.price < 10", R"(["Nigel","Herman"])"},
      {"@.price < $.limit", R"(["Nigel","Herman"])"},
      {"@.price >= 12.99 && @.isbn", R"(["J. R. R."])"},
      {"@.isbn", R"(["Herman","J. R. R."])"},
      {"!@.isbn", R"(["Nigel","Evelyn"])"},
      {"!(@.price > 9) || @.author == 'Evelyn'", R"(["Nigel","Evelyn","Herman"])"},
      {"@.author == $.wanted", R"(["Herman"])"},
      {"@['author']=='Nigel'", R"(["Nigel"])"},
      {"'Nigel' == @.author", R"(["Nigel"])"},
      {"@.author != \"Nigel\"", R"(["Evelyn","Herman","J. R. R."])"},
      {"@.category==reference", R"(["Nigel"])"},
      {"@.author =~ /.*E.*/i", R"(["Nigel","Evelyn","Herman"])"},
      {"@.author =~ /E/", "[]"},
      {"@.author in ['Nigel', 'Herman']", R"(["Nigel","Herman"])"},
      {"@.author nin ['Nigel', 'Herman']", R"(["Evelyn","J. R. R."])"},
      {"@.tags contains 'b'", R"(["Nigel"])"},
      {"@.author contains 'el'", R"(["Nigel","Evelyn"])"},
      {"@.tags empty true", R"(["Evelyn"])"},
      {"@.tags size 2", R"(["Nigel"])"},
      {"@.tags anyof ['b','z']", R"(["Nigel"])"},
      {"@.tags noneof ['b','z']", R"(["Evelyn"])"},
      {"@.tags subsetof ['a','b','c']", R"(["Nigel","Evelyn"])"},
      {"@.tags all ['a','b']", R"(["Nigel"])"},
      {"@.price == '8.95'", R"(["Nigel"])"},
      {"@.price === '8.95'", "[]"},
      {"@.tags == ['a','b']", R"(["Nigel"])"},
      {"@.isbn == null", "[]"},
      {"@.price > 8.99 && @.price < 20 || @.price==22.99", R"(["Evelyn","J. R. R."])"},
      {"@.tags[?(@ == 'a')]", R"(["Nigel"])"},
      {"@.isbn exists false", R"(["Nigel","Evelyn"])"},
  };
  for (const auto& [filter, authors] : cases) {
    INFO(filter);
    CHECK(evaluated("$.store.book[?(" + std::string(filter) + ")].author") == authors);
  }
  CHECK(evaluated("$..[?(@.price > 15)].price") == "[22.99,19.95]");
  CHECK(evaluated("$.store.bicycle[?(@.color == 'red')].price") == "[19.95]");
  CHECK(evaluated("$[?(@ > 2)]", "[1,2,3,4]") == "[3,4]");
}

TEST_CASE("what a path misses is said in AWS's words") {
  CHECK(evaluated("$.NoSuchTimeoutSecondsPath") == "No results for path: $['NoSuchTimeoutSecondsPath']");
  CHECK(evaluated("$.no.such") == "Missing property in path $['no']");
  CHECK(evaluated("$.store.book.length()") == "Property ['length()'] not found in path $['store']['book']");
  CHECK(evaluated("$.store.book[9].x") == "No results for path: $['store']['book'][9]['x']");
  CHECK(evaluated("$.limit[0]") == "Filter: [0] can only be applied to arrays. Current context is: 10");
  CHECK(evaluated("$.n[0]") == "The path $['n'] is null");
  CHECK(evaluated("$nothing.x") == "No results for path: $nothing");
}

TEST_CASE("a name keeps a backslash that escapes nothing; recorded on AWS") {
  CHECK(evaluated("$['Test\\\"\"Name\"']", R"({"Test\\\"\"Name\"":"Value\"\\"})") == R"("Value\"\\")");
}

TEST_CASE("faulty paths are refused with the fragment named") {
  const std::pair<const char*, const char*> cases[] = {
      {"", "A path must begin with '$', but is ''"},
      {"a.b", "A path must begin with '$', but is 'a.b'"},
      {"$.", "a path must not end with '.' at character 3 of '$.'"},
      {"$..", "a path must not end with '.' at character 4 of '$..'"},
      {"$...a", "a name is expected at character 4 of '$...a'"},
      {"$.a b", "a name with blanks needs brackets and quotes, as in ['my name'] at character 4 of '$.a b'"},
      {"$[", "an index is expected at character 3 of '$['"},
      {"$['a'", "']' is expected at character 6 of '$['a''"},
      {"$['a]", "the quote is not closed at character 6 of '$['a]'"},
      {"$[a]", "an index is expected at character 3 of '$[a]'"},
      {"$[:]", "a slice needs a beginning or an end at character 4 of '$[:]'"},
      {"$[0:2:1]", "']' is expected at character 6 of '$[0:2:1]'"},
      {"$[99999999999999999999]", "an index is expected at character 3 of '$[99999999999999999999]'"},
      {"$v-x", "'.' or '[' is expected at character 3 of '$v-x'"},
      {"$()", "'.' or '[' is expected at character 2 of '$()'"},
      {"$[?(@.a ==)]", "a value is expected at character 11 of '$[?(@.a ==)]'"},
      {"$[?(@.a == 'x']", "')' is expected at the end of the filter at character 15 of '$[?(@.a == 'x']'"},
      {"$[?(@.a near 1)]", "the operator 'near' is not supported at character 9 of '$[?(@.a near 1)]'"},
      {"$[?('a')]", "an operator is expected at character 8 of '$[?('a')]'"},
      {"$[(@.length-1)]", "an index is expected at character 3 of '$[(@.length-1)]'"},
  };
  for (const auto& [path, message] : cases) {
    INFO(path);
    const auto result = PathExpression::parse(path);
    REQUIRE(result.has_error());
    CHECK(result.error().code == ErrorCode::InvalidArgument);
    CHECK(result.error().message == message);
  }
  CHECK(PathExpression::parse("$[?(@.a =~ /(x/)]").has_error());
  CHECK(PathExpression::parse("$[?" + std::string(100, '(') + "@.a" + std::string(100, ')') + "]").has_error());
}

TEST_CASE("a path knows what it is") {
  const auto path = [](const char* text) { return *PathExpression::parse(text); };
  CHECK(PathExpression().is_root());
  CHECK(path("$").is_root());
  CHECK_FALSE(path("$$").is_root());
  CHECK_FALSE(path("$v").is_root());
  CHECK(path("$$.a").reads_context());
  CHECK(path("$v.a").variable() == "v");
  CHECK(path("$.a[0].b").is_reference());
  CHECK_FALSE(path("$.a[0,1]").is_reference());
  CHECK_FALSE(path("$..a").is_reference());
  CHECK_FALSE(path("$['a','b']").is_reference());
  CHECK(path("$.a['b'][0]..c[*][1:][?(@.x)]['p','q']").printed() == "$['a']['b'][0]..['c'][*][1:][?(@.x)]['p','q']");
  CHECK(path("$$.a").printed() == "$$['a']");
  CHECK(path("$v").printed() == "$v");
}

TEST_CASE("find gives the value of a definite path or nothing") {
  Around around(store);
  CHECK(PathExpression::parse("$.limit")->find(around.context()) == Json(10));
  CHECK_FALSE(PathExpression::parse("$.no")->find(around.context()));
  CHECK_FALSE(PathExpression::parse("$..limit")->find(around.context()));
  CHECK_FALSE(PathExpression::parse("$no.a")->find(around.context()));
}

TEST_CASE("a path that visits too much is an error, not a stopped daemon") {
  std::string nested = "1";
  for (int i = 0; i < 80; ++i) nested = "{\"a\":" + nested + "}";
  CHECK_THAT(evaluated("$..*..*..*..*..*", nested), Catch::Contains("visits more than"));
  CHECK_THAT(evaluated("$..[?(@..[?(@..*..*)])]", nested), Catch::Contains("visits more than"));
}

TEST_CASE("ResultPath puts the result where it says, making objects on the way") {
  const auto inserted = [](const char* path, const char* into) {
    const auto result = ReferencePath::parse(path)->insert(Around::parsed(into), Json("r"));
    return result ? result->text() : *result.error().error + ": " + *result.error().cause;
  };
  CHECK(inserted("$", "{\"a\":1}") == "\"r\"");
  CHECK(inserted("$.b", "{ \"a\":1 }") == R"({"a":1,"b":"r"})");
  CHECK(inserted("$.a", R"({"a":1,"b":2})") == R"({"a":"r","b":2})");
  CHECK(inserted("$.x.y.z", R"({"a":1})") == R"({"a":1,"x":{"y":{"z":"r"}}})");
  CHECK(inserted("$.a[1].b", R"({"a":[0,{"c":1}]})") == R"({"a":[0,{"c":1,"b":"r"}]})");
  CHECK(inserted("$.a", "\"text\"") == "States.ResultPathMatchFailure: Unable to apply ReferencePath $.a to input \"text\"");
  CHECK(inserted("$.a.b", "{\"a\":null}") == "States.ResultPathMatchFailure: Unable to apply ReferencePath $.a.b to input {\"a\":null}");
  CHECK(inserted("$.a[3]", "{\"a\":[1]}") == "States.ResultPathMatchFailure: Unable to apply ReferencePath $.a[3] to input {\"a\":[1]}");
  for (const char* path : {"$..a", "$.a[*]", "$$.a", "$v", "$v.a", "$['a','b']", "$.a[-1]", "$.a[0:1]", ".guid", "..guid", "()", "$..."}) {
    INFO(path);
    CHECK(ReferencePath::parse(path).has_error());
  }
  CHECK(ReferencePath::parse("$")->is_root());
  CHECK(ReferencePath().is_root());
}

TEST_CASE("a value that nests ever deeper ends in an error") {
  Json value = Json::empty_object();
  const auto path = *ReferencePath::parse("$.a");
  for (std::size_t i = 1; i < Json::depth_max; ++i) value = *path.insert(Json::empty_object(), value);
  CHECK(path.insert(Json::empty_object(), value).has_error());
}
