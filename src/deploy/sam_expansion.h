#pragma once
/// What the parts of the SAM transform share (sam.cpp, sam_function.cpp, sam_state_machine.cpp, sam_events.cpp, sam_api.cpp, sam_http_api.cpp).

#include "deploy/sam.h"
#include "deploy/sam_names.h"

#include <array>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::deploy::sam {

/// A REST API that collects the events which name it.
struct ApiDraft {
  ResourceSource source;
  Json paths = Json::empty_object();  ///< of the document, which its author did not write
  Json validators = Json::empty_object();
  bool needs_key = false;  ///< one of its methods does
};

/// An HTTP API that collects the events which name it.
struct HttpApiDraft {
  ResourceSource source;
  Json document = Json::empty_object();  ///< in OpenAPI: its author's, or what the events make
};

/// The transform as it goes through a template.
struct Expansion {
  const TemplateFiles& files;
  Json globals;
  Faults& faults;
  std::vector<ResourceSource> out = {};  ///< in the order in which they are made
  GeneratedNames names = {};
  std::map<std::string, ApiDraft> apis = {};           ///< by logical id
  std::map<std::string, HttpApiDraft> http_apis = {};  ///< by logical id
};

/// What events of a resource call.
struct EventTarget {
  const ResourceSource& source;
  Json arn;  ///< of the function or state machine, or of the alias that stands for it
  bool is_function = true;
};

/// What a permission calls the target function: its name, or the alias's ARN.
[[nodiscard]] Json function_of(const EventTarget& target);
/// How API Gateway names the target, a function or its alias, in an integration: a `Fn::Sub`.
[[nodiscard]] Json invocation_uri(const EventTarget& target);

/// What an event's Method may be, in small letters.
inline constexpr std::array event_methods{"get", "post", "put", "patch", "delete", "head", "options", "any"};

/// An event of a resource: `/Resources/R/Properties/Events/E`.
struct Event {
  std::string name, type;
  Json properties = Json::empty_object();
  std::string place;  ///< of its properties
};

[[nodiscard]] Json ref_to(std::string_view logical_id);
[[nodiscard]] Json get_att(std::string_view logical_id, std::string_view attribute);

/// Another resource made from `source`: at its place, under its condition, with what it depends on.
[[nodiscard]] ResourceSource like(const ResourceSource& source, std::string type);

using NamePairs = std::initializer_list<std::pair<std::string_view, std::string_view>>;
/// Copies members of `from` into `into` under their CloudFormation names.
void take_renamed(const Json& from, ResourceSource& into, NamePairs names);
void take(const Json& from, ResourceSource& into, std::initializer_list<std::string_view> names);

/// Members that are not among `known` are faults.
void refuse_others(Expansion& expansion, const Json& properties, const std::string& place, std::initializer_list<std::string_view> known,
                   std::string_view of);

/// A property's text; nothing if it is absent, a fault if it is no text: where SAM makes names of it, functions cannot stand.
[[nodiscard]] std::optional<std::string> literal_text(Expansion& expansion, const ResourceSource& source, std::string_view name);

/// Ten letters of a digest, as SAM ends the logical ids of what is made anew whenever it changes.
[[nodiscard]] std::string short_hash(std::string_view text);

/// Code by a path beside the template, as `{"Hash", "Bytes"}`, or by `Bucket` and `Key`; a fault, and null, if there is none.
[[nodiscard]] Json staged_code(Expansion& expansion, const ResourceSource& source, std::string_view property);

void expand_function(Expansion& expansion, const ResourceSource& source);
void expand_layer(Expansion& expansion, const ResourceSource& source);
void expand_state_machine(Expansion& expansion, const ResourceSource& source);

/// Remembers an AWS::Serverless::Api, so that events find it wherever they stand.
void draft_api(Expansion& expansion, ResourceSource source);
void expand_api_event(Expansion& expansion, const EventTarget& target, const Event& event);
/// All APIs, once their events are known.
void expand_apis(Expansion& expansion);

/// The same for AWS::Serverless::HttpApi and HttpApi events.
void draft_http_api(Expansion& expansion, ResourceSource source);
void expand_http_api_event(Expansion& expansion, const EventTarget& target, const Event& event);
void expand_http_apis(Expansion& expansion);

/// What an event makes, called `RE` as the event is.
[[nodiscard]] ResourceSource beside(const EventTarget& target, const Event& event);
/// What lets API Gateway call the function for a method (in small letters) and path, or the path `$default`, of an API, in any stage.
void add_invoke_permission(Expansion& expansion, const EventTarget& target, const Event& event, const std::string& api,
                           std::string_view method, std::string_view path);

/// The resources that the target's `Events` stand for.
void expand_events(Expansion& expansion, const EventTarget& target);

}  // namespace signalbox::deploy::sam
