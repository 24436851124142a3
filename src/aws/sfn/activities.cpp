// CreateActivity, DescribeActivity, ListActivities and DeleteActivity.
#include "signalbox/activities.h"

#include "aws/sfn/machine_request.h"
#include "aws/sfn/page.h"
#include "signalbox/async.h"

namespace signalbox::aws::sfn {

namespace {

ObjectText activity_text(const Site& site, const Activity& activity) {
  ObjectText out;
  out.text("activityArn", site.activity_arn(activity.name)).text("name", activity.name).time("creationDate", activity.created_at);
  return out;
}

Json owned_key() { return json_object({{"type", Json("AWS_OWNED_KEY")}}); }

}  // namespace

asio::awaitable<Answer<std::string>> create_activity_operation(Api api, Json request) {
  Parameters parameters(request);
  Activity activity;
  activity.name = parameters.required("name", name_length);
  const auto tags = tags_of(parameters, parameters.array("tags"));
  const Json* given = parameters.object("encryptionConfiguration");
  const auto encryption = given ? encryption_of(parameters, *given) : Answer<Json>(owned_key());
  if (auto fault = parameters.fault()) co_return *fault;
  if (!tags) co_return tags.error();
  if (!encryption) co_return encryption.error();
  activity.tags = *tags;
  if (*encryption != owned_key()) activity.encryption = *encryption;
  std::function<Result<Activity>(EngineTransaction&)> work = [activity](EngineTransaction& transaction) {
    return create_activity(transaction, activity);
  };
  const auto created = co_await transact<Activity>(api.engine, std::move(work));
  if (!created && created.error().code == ErrorCode::InvalidArgument) co_return Failure{"InvalidName", created.error().message};
  if (!created && created.error().code == ErrorCode::AlreadyExists) {
    co_return Failure{"ActivityAlreadyExists", "Activity Already Exists: '" + api.engine.site().activity_arn(activity.name) + "'"};
  }
  if (!created) co_return general_failure(created.error());
  co_return ObjectText()
      .text("activityArn", api.engine.site().activity_arn(created->name))
      .time("creationDate", created->created_at)
      .take();
}

Answer<std::string> describe_activity(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("activityArn", arn_length);
  if (auto fault = parameters.fault()) return *fault;
  const auto name = activity_name(arn);
  if (!name) return name.error();
  const auto activity = find_activity(api.reader, *name);
  if (!activity) return activity_missing(arn);
  return activity_text(api.engine.site(), *activity)
      .raw("encryptionConfiguration", activity->encryption.value_or(owned_key()).text())
      .take();
}

Answer<std::string> list_activities_page(const Api& api, const Json& request) {
  constexpr std::string_view scope = "ListActivities";
  Parameters parameters(request);
  const auto limit = page_size(parameters.integer("maxResults", page_range));
  const auto token = parameters.text("nextToken", token_length);
  if (auto fault = parameters.fault()) return *fault;
  const auto after = page_start(api, scope, token);
  if (!after) return after.error();
  auto page = list_activities(api.reader, after->value_or(""), limit + 1);
  const auto next = cut_page(api, scope, page, limit, [](const Activity& activity) { return activity.name; });
  ObjectText out;
  out.raw("activities", array_text(page, [&](const Activity& activity) { return activity_text(api.engine.site(), activity).take(); }));
  return out.text("nextToken", next).take();
}

asio::awaitable<Answer<std::string>> delete_activity_operation(Api api, Json request) {
  Parameters parameters(request);
  const auto arn = parameters.required("activityArn", arn_length);
  if (auto fault = parameters.fault()) co_return *fault;
  const auto name = activity_name(arn);
  if (!name) co_return name.error();
  std::function<Result<bool>(EngineTransaction&)> work = [name = *name](EngineTransaction& transaction) -> Result<bool> {
    delete_activity(transaction, name);
    return true;
  };
  const auto deleted = co_await transact<bool>(api.engine, std::move(work));
  if (!deleted) co_return general_failure(deleted.error());
  co_return std::string("{}");
}

}  // namespace signalbox::aws::sfn
