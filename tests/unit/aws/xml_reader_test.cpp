#include "aws/xml_reader.h"

#include <catch2/catch.hpp>

using namespace signalbox::aws;

TEST_CASE("XML of requests is read") {
  const auto root = parse_xml(R"(<?xml version="1.0"?><!-- c --><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>
    <Object><Key>a &amp; b&#x41;&#233;</Key></Object><s3:Object a='>'><Key><![CDATA[<raw>]]></Key></s3:Object><Empty/></Delete>)");
  REQUIRE(root);
  CHECK(root->name == "Delete");
  CHECK(root->text_of("Quiet") == "true");
  REQUIRE(root->children.size() == 4);
  CHECK(root->children[1].text_of("Key") == "a & bAé");
  CHECK(root->children[2].name == "Object");
  CHECK(root->children[2].text_of("Key") == "<raw>");
  CHECK(root->children[3].children.empty());
}

TEST_CASE("what is not well-formed is refused, and so are document types") {
  for (const char* text : {"", "x", "<a>", "<a></b>", "<a><b></a></b>", "<a>&unknown;</a>", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
                           "<a b></a>", "<a/><b/>", "<a>&#0;</a>"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_xml(text));
  }
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  CHECK_FALSE(parse_xml(deep));
}
