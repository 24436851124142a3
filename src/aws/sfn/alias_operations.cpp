// CreateStateMachineAlias, UpdateStateMachineAlias, DescribeStateMachineAlias, DeleteStateMachineAlias and ListStateMachineAliases.
#include "aws/sfn/page.h"
#include "signalbox/async.h"
#include "signalbox/state_machine_versions.h"

namespace signalbox::aws::sfn {

namespace {

std::string arn_of(const Site& site, const StateMachineAlias& alias) {
  return site.state_machine_arn(alias.state_machine) + ":" + alias.name;
}

Failure alias_missing() { return {"ResourceNotFound", "Request references a resource that does not exist.", 404}; }

Failure alias_failure(const Error& error) {
  if (error.code == ErrorCode::NotFound) return alias_missing();
  if (error.code == ErrorCode::Conflict)
    return error.where == "stateMachine" ? Failure{"StateMachineDeleting", error.message}
                                         : Failure{"ConflictException", error.message, 409};
  return general_failure(error);
}

/// A routing configuration and the one machine whose versions it names.
struct Routing {
  std::string state_machine;
  std::vector<Route> routes;
};

std::string bracketed(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const auto& text : texts) out += (out.size() > 1 ? ", " : "") + text;
  return out + "]";
}

Failure bad_routing(const std::string& what, const std::vector<std::string>& received) {
  return validation_failure("INVALID_ROUTING_CONFIGURATION", what + " Received: " + bracketed(received));
}

Answer<Routing> routing_of(Parameters& parameters, const Json& list) {
  Routing routing;
  std::vector<std::string> arns, weights;
  std::int64_t sum = 0;
  bool versions = true, one_machine = true;
  for (const Json& each : list.elements()) {
    Parameters route(each, "routingConfiguration." + std::to_string(arns.size() + 1) + ".member.");
    const auto arn = route.required("stateMachineVersionArn");
    const auto weight = route.integer("weight").value_or(0);
    parameters.absorb(route);
    if (auto fault = parameters.fault()) return *fault;
    const auto name = machine_name(arn);
    if (!name) return name.error();
    const auto number = version_number(name->qualifier);
    versions = versions && number;
    one_machine = one_machine && (arns.empty() || name->name == routing.state_machine);
    routing.state_machine = name->name;
    routing.routes.push_back({number.value_or(0), weight});
    arns.push_back(arn);
    weights.push_back(std::to_string(weight));
    sum += weight;
  }
  if (!versions) return bad_routing("Routing configuration must contain state machine version ARNs.", arns);
  if (!one_machine) return bad_routing("Routing configuration must contain state machine version ARNs of the same state machine.", arns);
  if (arns.size() == 2 && routing.routes[0].version == routing.routes[1].version)
    return bad_routing("Routing configuration must contain distinct state machine version ARNs.", arns);
  if (sum != 100) return bad_routing("Sum of routing configuration weights must equal 100.", weights);
  return routing;
}

/// The machine and alias that an alias ARN names.
Answer<MachineName> alias_name_of(const std::string& arn) {
  auto name = machine_name(arn);
  if (name && (name->qualifier.empty() || version_number(name->qualifier)))
    return Failure{"ValidationException", "The ARN does not name an alias of a state machine: '" + arn + "'"};
  return name;
}

}  // namespace

asio::awaitable<Answer<std::string>> create_state_machine_alias(Api api, Json request) {
  Parameters parameters(request);
  StateMachineAlias alias;
  alias.name = parameters.required("name");
  alias.description = parameters.text("description");
  const Json* list = parameters.required_array("routingConfiguration");
  if (auto fault = parameters.fault()) co_return *fault;
  auto routing = routing_of(parameters, *list);
  if (!routing) co_return routing.error();
  alias.state_machine = std::move(routing->state_machine);
  alias.routing = std::move(routing->routes);
  std::function<Result<StateMachineAlias>(EngineTransaction&)> work = [alias](EngineTransaction& transaction) {
    return create_alias(transaction, alias);
  };
  const auto created = co_await transact<StateMachineAlias>(api.engine, std::move(work));
  if (!created) co_return alias_failure(created.error());
  co_return ObjectText().text("stateMachineAliasArn", arn_of(api.engine.site(), *created)).time("creationDate", created->created_at).take();
}

asio::awaitable<Answer<std::string>> update_state_machine_alias(Api api, Json request) {
  Parameters parameters(request);
  const auto arn = parameters.required("stateMachineAliasArn");
  const auto description = parameters.text("description");
  const Json* list = parameters.array("routingConfiguration");
  if (!description && !list)
    co_return validation_failure("MISSING_REQUIRED_PARAMETER", "Either the description or the routing configuration must be specified");
  const auto name = alias_name_of(arn);
  if (!name) co_return name.error();
  std::optional<std::vector<Route>> routes;
  if (list) {
    auto routing = routing_of(parameters, *list);
    if (!routing) co_return routing.error();
    if (routing->state_machine != name->name)
      co_return validation_failure("INVALID_ROUTING_CONFIGURATION",
                                   "Routing configuration must contain versions of the alias's own state machine: '" + name->name + "'");
    routes = std::move(routing->routes);
  }
  std::function<Result<StateMachineAlias>(EngineTransaction&)> work = [name = *name, description, routes](EngineTransaction& transaction) {
    return update_alias(transaction, name.name, name.qualifier, description, routes);
  };
  const auto updated = co_await transact<StateMachineAlias>(api.engine, std::move(work));
  if (!updated) co_return alias_failure(updated.error());
  co_return ObjectText().time("updateDate", updated->updated_at).take();
}

Answer<std::string> describe_state_machine_alias(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("stateMachineAliasArn");
  const auto name = alias_name_of(arn);
  if (!name) return name.error();
  const auto alias = find_alias(api.reader, name->name, name->qualifier);
  if (!alias) return alias_missing();
  ObjectText out;
  out.text("stateMachineAliasArn", arn_of(api.engine.site(), *alias)).text("name", alias->name).text("description", alias->description);
  out.raw("routingConfiguration", array_text(alias->routing, [&](const Route& route) {
            return ObjectText()
                .text("stateMachineVersionArn",
                      api.engine.site().state_machine_arn(alias->state_machine) + ":" + std::to_string(route.version))
                .number("weight", route.weight)
                .take();
          }));
  return out.time("creationDate", alias->created_at).time("updateDate", alias->updated_at).take();
}

asio::awaitable<Answer<std::string>> delete_state_machine_alias(Api api, Json request) {
  Parameters parameters(request);
  const auto arn = parameters.required("stateMachineAliasArn");
  const auto name = alias_name_of(arn);
  if (!name) co_return name.error();
  std::function<Result<bool>(EngineTransaction&)> work = [name = *name](EngineTransaction& transaction) -> Result<bool> {
    delete_alias(transaction, name.name, name.qualifier);
    return true;
  };
  const auto deleted = co_await transact<bool>(api.engine, std::move(work));
  if (!deleted) co_return general_failure(deleted.error());
  co_return std::string("{}");
}

Answer<std::string> list_state_machine_aliases_page(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("stateMachineArn");
  const auto limit = page_size(parameters.integer("maxResults"));
  const auto token = parameters.text("nextToken");
  const auto name = machine_name(arn);
  if (!name) return name.error();
  const auto scope = "ListStateMachineAliases " + qualified(*name);
  const auto after = page_start(api, scope, token);
  if (!after) return after.error();
  auto page = list_aliases(api.reader, name->name, version_number(name->qualifier), after->value_or(""), limit + 1);
  const auto next = cut_page(api, scope, page, limit, [](const StateMachineAlias& alias) { return alias.name; });
  ObjectText out;
  out.raw(
      "stateMachineAliases", array_text(page, [&](const StateMachineAlias& alias) {
        return ObjectText().text("stateMachineAliasArn", arn_of(api.engine.site(), alias)).time("creationDate", alias.created_at).take();
      }));
  return out.text("nextToken", next).take();
}

}  // namespace signalbox::aws::sfn
