// TagResource, UntagResource and ListTagsForResource, on state machines and activities.
#include "aws/sfn/sfn.h"
#include "signalbox/async.h"

namespace signalbox::aws::sfn {

namespace {

struct Tagged {
  enum class Kind { StateMachine, Activity } kind;
  std::string name;
};

Failure resource_missing(std::string_view arn) { return {"ResourceNotFound", "Resource not found: '" + std::string(arn) + "'", 404}; }

/// Versions have no tags of their own. [TagResource]
Answer<Tagged> tagged_resource(std::string_view arn) {
  if (const auto activity = activity_name(arn)) return Tagged{Tagged::Kind::Activity, *activity};
  const auto machine = machine_name(arn);
  if (!machine) return machine.error();
  if (!machine->qualifier.empty()) return resource_missing(arn);
  return Tagged{Tagged::Kind::StateMachine, machine->name};
}

std::optional<Json> read_tags(const Reader& reader, const Tagged& resource) {
  if (resource.kind == Tagged::Kind::Activity) {
    const auto activity = find_activity(reader, resource.name);
    return activity ? std::optional(activity->tags) : std::nullopt;
  }
  const auto machine = find_state_machine(reader, resource.name);
  return machine ? std::optional(machine->tags) : std::nullopt;
}

void write_tags(Transaction& transaction, const Tagged& resource, const Json& tags) {
  if (resource.kind == Tagged::Kind::Activity) {
    if (auto activity = find_activity(transaction, resource.name)) {
      activity->tags = tags;
      put_activity(transaction, *activity);
    }
  } else if (auto machine = find_state_machine(transaction, resource.name)) {
    machine->tags = tags;
    put_state_machine(transaction, *machine);
  }
}

asio::awaitable<Answer<std::string>> change_tags(Api api, std::string arn, std::function<Json(Json)> change) {
  constexpr std::size_t tags_max = 50;
  const auto resource = tagged_resource(arn);
  if (!resource) co_return resource.error();
  std::function<Result<bool>(EngineTransaction&)> work = [resource = *resource, change](EngineTransaction& transaction) -> Result<bool> {
    const auto tags = read_tags(transaction, resource);
    if (!tags) return error(ErrorCode::NotFound, resource.name);
    const Json changed = change(*tags);
    if (changed.size() > tags_max) return error(ErrorCode::TooLarge, "Too many tags: at most " + std::to_string(tags_max) + " are allowed");
    write_tags(transaction, resource, changed);
    return true;
  };
  const auto done = co_await transact<bool>(api.engine, std::move(work));
  if (done) co_return std::string("{}");
  if (done.error().code == ErrorCode::NotFound) co_return resource_missing(arn);
  if (done.error().code == ErrorCode::TooLarge) co_return Failure{"TooManyTags", done.error().message};
  co_return general_failure(done.error());
}

}  // namespace

asio::awaitable<Answer<std::string>> tag_resource(Api api, Json request) {
  Parameters parameters(request);
  auto arn = parameters.required("resourceArn", arn_length);
  const auto tags = tags_of(parameters, parameters.required_array("tags"));
  if (auto fault = parameters.fault()) co_return *fault;
  if (!tags) co_return tags.error();
  std::function<Json(Json)> change = [added = *tags](Json known) {
    for (const auto& [key, value] : added.members()) known = known.with(key, value);
    return known;
  };
  auto answer = co_await change_tags(api, std::move(arn), std::move(change));
  co_return answer;
}

asio::awaitable<Answer<std::string>> untag_resource(Api api, Json request) {
  Parameters parameters(request);
  auto arn = parameters.required("resourceArn", arn_length);
  (void)parameters.required_array("tagKeys");
  const auto keys = parameters.texts("tagKeys");
  if (auto fault = parameters.fault()) co_return *fault;
  std::function<Json(Json)> change = [keys](Json known) {
    for (const auto& key : keys) known = known.without(key);
    return known;
  };
  auto answer = co_await change_tags(api, std::move(arn), std::move(change));
  co_return answer;
}

Answer<std::string> list_tags_for_resource(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("resourceArn", arn_length);
  if (auto fault = parameters.fault()) return *fault;
  const auto resource = tagged_resource(arn);
  if (!resource) return resource.error();
  const auto tags = read_tags(api.reader, *resource);
  if (!tags) return resource_missing(arn);
  return ObjectText()
      .raw("tags", array_text(tags->members(),
                              [](const Json::Member& tag) {
                                return ObjectText().text("key", tag.name).text("value", tag.value.as_string()).take();
                              }))
      .take();
}

}  // namespace signalbox::aws::sfn
