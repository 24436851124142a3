// The template language of API Gateway: what a text gives, given variables as JSON.

#include "services/gateway/velocity/template.h"

#include "support/print_result.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::velocity;

namespace {

std::string rendered(std::string_view text, std::string_view variables = "{}") {
  const auto parsed = Template::parse(text);
  if (!parsed) return "refused: " + parsed.error().message;
  Map map = *Value::from_json(*Json::parse(std::string(variables))).map();
  const auto out = parsed->render(map);
  return out ? *out : "failed: " + out.error().message;
}

struct Case {
  std::string_view text, variables, expected;
};

void check(std::initializer_list<Case> cases) {
  for (const auto& one : cases) {
    CAPTURE(one.text);
    CHECK(rendered(one.text, one.variables) == one.expected);
  }
}

}  // namespace

TEST_CASE("references print what they find, or themselves") {
  check({{"Hello $name!", R"({"name": "Ada"})", "Hello Ada!"},
         {"$missing ${missing} $!missing $!{missing}.", "{}", "$missing ${missing}  ."},
         {"$a.b.c $a.x ${a.b}s", R"({"a": {"b": {"c": 1}}})", "1 $a.x {c=1}s"},
         {"$a. $a.$b", R"({"a": 1, "b": 2})", "1. 1.2"},
         {"$a[1] $a[-1] $a[9]", R"({"a": [1, 2.50, true]})", "2.50 true $a[9]"},
         {"$m['x y'] $m.get('x y')", R"({"m": {"x y": null, "z": 1}})", "$m['x y'] $m.get('x y')"},
         {"cost: $5, 100% #1 #tag $", "{}", "cost: $5, 100% #1 #tag $"},
         {"$m", R"({"m": {"a": [1, "x", null], "b": {}}})", "{a=[1, x, null], b={}}"}});
}

TEST_CASE("a backslash takes away a reference's meaning") {
  check({{R"(\$a \\$a \$b)", R"({"a": 1})", R"($a \1 \$b)"}, {R"(\#if(x) C:\dir \\)", "{}", R"(#if(x) C:\dir \\)"}});
}

TEST_CASE("directives") {
  check({{"#set($x = 1)\n#set( $y = $x + 2 )\n$x $y", "{}", "1 3"},
         {"#if($a)yes#{else}no#end", R"({"a": false})", "no"},
         {"#if($a == 1)one#elseif($a == 2)two#{else}many#end", R"({"a": 2})", "two"},
         {"#if($missing)x#else y#end", "{}", " y"},
         {"#if(\"$!missing\" != \"\")x#end.", "{}", "."},
         {"#foreach($i in $list)$i#if($foreach.hasNext),#end#end", R"({"list": [1, 2, 3]})", "1,2,3"},
         {"#foreach($i in [1..3])$velocityCount:$foreach.index #end", "{}", "1:0 2:1 3:2 "},
         {"#foreach($k in $m.keySet())$k=$m.get($k);#end$!k", R"({"m": {"a": 1, "b": "x"}})", "a=1;b=x;"},
         {"#foreach($e in $m.entrySet())$e.key=$e.value $e.getKey();#end", R"({"m": {"a": 1}})", "a=1 a;"},
         {"#foreach($v in $m)$v#end", R"({"m": {"a": 1, "b": 2}})", "12"},
         {"#foreach($i in [1, 2, 3])#if($i == 2)#break#end$i#end", "{}", "1"},
         {"a#stop b", "{}", "a"},
         {"a ## comment\nb #* more\n *# c", "{}", "a b  c"},
         {"#[[$a #if]]#", R"({"a": 1})", "$a #if"},
         {"#set($m = {\"a\": 1, 'b': [true, 'x']})$m.b[1] $m.a", "{}", "x 1"},
         {"#set($o.deep.x = 'y')$o.deep.x", R"({"o": {"deep": {}}})", "y"},
         {"#set($x = 1)#set($x = $missing)$x", "{}", "1"}});
}

TEST_CASE("expressions") {
  check({{"#set($x = 7 / 2)$x #set($x = 7 % 4)$x #set($x = 7.0 / 2)$x #set($x = 2 + 3 * 4)$x", "{}", "3 3 3.5 14"},
         {"#set($x = 'a' + 1 + \"$b\")$x", R"({"b": "c"})", "a1c"},
         {"#if(1 < 2 && !(2 >= 3) || false)t#end#if(1 gt 2 or 'a' eq 'a')t#end#if(not true)f#end", "{}", "tt"},
         {"#set($x = 5 / 0)$!x.", "{}", "."},
         {"#set($s = '$b \"q\"')$s #set($t = \"$b it''s\")$t", R"({"b": 1})", "$b \"q\" 1 it''s"},
         {"#set($x = 9223372036854775807 + 1)$x", "{}", "9223372036854776000"}});
}

TEST_CASE("methods of texts, lists and maps") {
  check({{"$s.length() $s.substring(1, 3) $s.toUpperCase() $s.indexOf('l')", R"({"s": "hello"})", "5 el HELLO 2"},
         {"$s.replaceAll(\"\\\\'\",\"'\")", R"({"s": "it\\'s"})", "it's"},
         {"$s.replaceAll('(\\w+)@(\\w+)', '$2 at $1')", R"({"s": "me@home"})", "home at me"},
         {"$s.split(',') $s.split(',').size()", R"({"s": "a,b,,"})", "[a, b] 2"},
         {"$s.split('')", R"({"s": "aé"})", "[a, é]"},
         {"$s.replace('.', '-') $s.contains('.') $s.matches('a.b') $s.matches('a')", R"({"s": "a.b"})", "a-b true true false"},
         {"$s.length() $s.charAt(1)", R"({"s": "é€"})", "2 €"},
         {"$s.nothing() $s.substring(9)", R"({"s": "x"})", "$s.nothing() $s.substring(9)"},
         {"#set($l = [])#set($d = $l.add('x'))$l $l.size() $l.isEmpty() $l.contains('x')", "{}", "[x] 1 false true"},
         {"#set($m = {})$!m.put('a', 1)$m $m.containsKey('a') $m.size()", "{}", "{a=1} true 1"}});
}

TEST_CASE("a value goes to JSON and back") {
  const auto json = Json::parse(R"({"a":[1,2.50,"x",null,true],"b":{}})");
  CHECK(Value::from_json(*json).json().text() == json->compact_text());
}

TEST_CASE("faulty templates are refused with the fragment and its line") {
  check({{"#if($a)x", "{}", "refused: #if is not closed by #end"},
         {"a #end", "{}", "refused: '#end' ends nothing"},
         {"#set($a.b() = 1)", "{}", "refused: '$a.b()' cannot be set"},
         {"#set($a = )", "{}", "refused: an expression is expected at ')'"},
         {"#macro(x)#end", "{}", "refused: the directive #macro is not offered in mapping templates"},
         {"#foreach($x of $y)#end", "{}", "refused: 'in' is expected in #foreach at 'of $y)#end'"}});
  CHECK(Template::parse("a\nb\n#if(").error().where == "line 3");
  CHECK_FALSE(Template::parse(std::string(100'000, '(').insert(0, "#if(")));
  std::string nested;
  for (int i = 0; i < 1000; ++i) nested += "#if(true)";
  CHECK_FALSE(Template::parse(nested));
}

TEST_CASE("rendering is bounded") {
  CHECK(rendered("#foreach($i in [1..1001])x#end") == "failed: a range has more than 1,000 numbers");
  CHECK(rendered("#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])x#end#end#end") ==
        "failed: the template takes more than a million steps");
  CHECK(rendered("#set($s = 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')#foreach($a in [1..30])#set($s = \"$s$s\")#end$s")
            .starts_with("failed: "));
  CHECK(rendered("#set($l = [])#foreach($a in [1..101])#foreach($b in [1..100])#set($x = $l.add([]))#end#end") ==
        "failed: the template puts more than 10,000 lists and maps into others");
}

TEST_CASE("a list or map that is put into itself is put there as it is at that moment") {
  CHECK(rendered("#set($m = {'a': 1})$!m.put('self', $m)$m") == "{a=1, self={a=1}}");
  CHECK(rendered("#set($l = [1])#set($x = $l.add($l))#set($x = $l.add($l))$l") == "[1, [1], [1, [1]]]");
  CHECK(rendered("#set($a = {})#set($b = {'a': $a})$!a.put('b', $b)$!b.put('c', 3)$a $b") == "{b={a={}}} {a={b={a={}}}, c=3}");
  CHECK(rendered("#set($m = {'a': 1})#set($m['self'] = $m)$m") == "{a=1, self={a=1}}");
}
