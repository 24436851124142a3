#include "cli/daemon.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>
#include <sstream>

#include "aws/access/authorizer.h"
#include "aws/access/map_run_guard.h"
#include "aws/access/task_guard.h"
#include "aws/aws_api.h"
#include "aws/call.h"
#include "aws/events/put_events_task.h"
#include "aws/execution_log.h"
#include "aws/http_task/http_invoke_task.h"
#include "aws/lambda/url_admission.h"
#include "aws/object_event.h"
#include "aws/sdk/sdk_tasks.h"
#include "aws/ssm/ssm.h"
#include "aws/status_change_event.h"
#include "cli/access.h"
#include "cli/memory.h"
#include "cli/own_urls.h"
#include "cli/start_gate.h"
#include "cli/version.h"
#include "deploy/cloudformation/api.h"
#include "deploy/deployer.h"
#include "deploy/passed_roles.h"
#include "deploy/types/aws_calls.h"
#include "deploy/types/types.h"
#include "http/url.h"
#include "rest/rest_api.h"
#include "rest/service_routes.h"
#include "rest/stacks.h"
#include "rest/verification.h"
#include "services/function_urls/service.h"
#include "services/functions/async_calls.h"
#include "services/functions/functions.h"
#include "services/functions/service.h"
#include "services/functions/tasks.h"
#include "services/gateway/gateway_service.h"
#include "services/gateway/invoke_task.h"
#include "services/gateway/stage_url.h"
#include "services/http_apis/service.h"
#include "services/logs/log_service.h"
#include "services/mail/mailer.h"
#include "services/objects/map_runs/map_run_objects.h"
#include "services/objects/object_service.h"
#include "services/objects/sdk_tasks.h"
#include "services/queues/message_moves.h"
#include "services/queues/queue_service.h"
#include "services/queues/send_message_task.h"
#include "services/routes/route_handler.h"
#include "services/schedules/schedule_service.h"
#include "services/topics/subscription_pages.h"
#include "services/topics/topic_service.h"
#include "services/triggers/trigger_service.h"
#include "signalbox/activities.h"
#include "signalbox/async.h"
#include "signalbox/events.h"
#include "signalbox/history.h"
#include "signalbox/queues.h"
#include "signalbox/triggers.h"
#include "store/sqlite_store.h"

namespace signalbox::cli {

namespace {

namespace asio = boost::asio;

Result<std::shared_ptr<const Mocks>> read_mocks(const std::string& path) {
  std::ifstream file(path);
  if (!file) return error(ErrorCode::InvalidArgument, "cannot read the mock configuration file '" + path + "'", "--mock-config");
  std::stringstream text;
  text << file.rdbuf();
  auto mocks = Mocks::parse(text.str());
  if (!mocks)
    return error(mocks.error().code, "the mock configuration file '" + path + "' is faulty: " + mocks.error().message, mocks.error().where);
  return std::make_shared<const Mocks>(std::move(*mocks));
}

EngineOptions engine_options(const ServeOptions& options, std::shared_ptr<const Mocks> mocks) {
  EngineOptions engine;
  engine.allow_unsupported = options.allow_unsupported;
  engine.mocks = std::move(mocks);
  engine.site = Site{options.region, options.account};
  engine.retention = std::chrono::ceil<std::chrono::hours>(*parse_duration(options.retention));  // never less than was asked for
  engine.data_directory = options.data;
  return engine;
}

Result<void> send_to_queue(const Queues& queues, Transaction& transaction, const QueueDelivery& delivery) {
  SendMessage message;
  message.body = delivery.body;
  message.group_id = delivery.group_id;
  message.deduplication_id = delivery.deduplication_id;
  for (const auto& [name, attribute] : delivery.attributes)
    message.attributes[name] = MessageAttribute{attribute.data_type, attribute.value};
  auto sent = queues.send(transaction, delivery.queue, message);
  if (!sent) return sent.error();
  return {};
}

Result<void> publish(const Topics& topics, Transaction& transaction, const std::string& topic, const std::string& message,
                     const std::optional<std::string>& group) {
  PublishRequest request;
  request.topic = topic;
  request.message = message;
  request.group_id = group;
  auto published = topics.publish(transaction, request);
  if (!published) return published.error();
  return {};
}

/// As API Gateway's own front end adds them: functions build links from them.
http::Handler with_forwarded_headers(http::Handler handler, std::function<std::string()> public_url) {
  return [handler = std::move(handler), public_url = std::move(public_url),
          known = std::optional<http::Url>()](http::Request&& request) mutable {
    // Read once, when the listener has its port.
    if (!known) {
      if (auto url = http::parse_url(public_url())) known = std::move(*url);
    }
    const auto add = [&](const char* name, std::string value) {
      if (!request.headers.get(name)) request.headers.add(name, std::move(value));
    };
    if (known) {
      add("X-Forwarded-Port", std::to_string(known->port));
      add("X-Forwarded-Proto", known->scheme);
    }
    return handler(std::move(request));
  };
}

/// SNS's own links, `/?Action=ConfirmSubscription…`, go to `actions`; all else that no fixed route serves goes to the routes of stacks.
http::Handler actions_or_routes(http::Handler actions, http::Handler routes) {
  return [actions = std::move(actions), routes = std::move(routes)](http::Request&& request) {
    const bool action = request.method == "GET" && request.path == "/" && request.query_value("Action");
    return action ? actions(std::move(request)) : routes(std::move(request));
  };
}

/// Keys of objects may look like our own paths.
http::Handler s3_first(http::Handler aws, http::Handler others) {
  return [aws = std::move(aws), others = std::move(others)](http::Request&& request) {
    return aws::is_s3_request(request) ? aws(std::move(request)) : others(std::move(request));
  };
}

/// Names the option, unless the error names another.
Error of_option(std::string_view option, Error fault) {
  if (fault.where.empty()) fault.where = option;
  return fault;
}

/// What is answered before the stacks are deployed: how the daemon does, and links, which stacks take no part in.
bool needs_no_stacks(std::string_view path) {
  return path == "/healthz" || path == "/readyz" || path == "/metrics" || path == "/v1/openapi.json" || path == "/verification";
}

void tell(const deploy::StackResult& stack) {
  if (stack.failure) {
    spdlog::error("stack {}: not deployed: {}", stack.name, stack.failure->message);
  } else {
    spdlog::info("stack {}: {}", stack.name, stack.result);
  }
}

constexpr std::chrono::seconds deploying_patience{30};

/// Where programs of this machine reach a listener: one that takes every address is reached over loopback.
std::string reachable(const std::string& address) {
  const auto colon = address.rfind(':');
  const std::string host = address.substr(0, colon), port = address.substr(colon);
  return (host == "0.0.0.0" || host == "[::]" ? "127.0.0.1" : host) + port;
}

}  // namespace

/// Everything that lives as long as the daemon, in the order of construction.
struct Daemon::Parts {
  explicit Parts(ServeOptions chosen) : options(std::move(chosen)) {}

  ServeOptions options;
  SystemClock clock;
  OwnUrls urls;
  QueueSignals queue_signals;  ///< these two outlive the io_context: a long poll that ends with it leaves its list
  ActivitySignals activity_signals;
  asio::io_context io{1};
  StartGate gate{io.get_executor(), deploying_patience};  ///< opens when the daemon is ready
  std::unique_ptr<SqliteStore> store;
  std::unique_ptr<Engine> engine;
  const Reader* reader = nullptr;  ///< the I/O thread's view
  std::unique_ptr<Queues> queues;
  std::unique_ptr<QueueService> queue_service;
  std::unique_ptr<MessageMoves> moves;
  std::unique_ptr<MessageMoveService> move_service;
  std::unique_ptr<LogService> log_service;
  std::unique_ptr<Triggers> triggers;
  std::unique_ptr<Outbox> outbox;
  functions::FunctionService functions;
  std::unique_ptr<TopicService> topics;
  std::unique_ptr<Mailer> mailer;
  std::unique_ptr<TriggerService> trigger_service;
  std::unique_ptr<functions::AsyncCalls> async_calls;
  std::unique_ptr<functions::AsyncCallService> async_call_service;
  std::unique_ptr<Schedules> schedules;
  std::unique_ptr<events::Events> events;
  std::unique_ptr<ScheduleService> schedule_service;
  std::unique_ptr<ObjectService> objects;
  std::unique_ptr<MapRunObjects> map_run_objects;
  std::optional<aws::AwsServices> stack_services;  ///< what stacks' resources are made by
  std::unique_ptr<deploy::AwsCalls> stack_calls;
  std::unique_ptr<deploy::Deployer> deployer;
  std::unique_ptr<deploy::cloudformation::Api> cloudformation;
  std::unique_ptr<SubscriptionPages> subscription_pages;
  std::unique_ptr<aws::AccessNotices> access_notices;  ///< with --iam only, as are both authorizers
  std::unique_ptr<aws::Authorizer> authorizer;         ///< of the I/O thread
  std::unique_ptr<aws::Authorizer> task_authorizer;    ///< of the engine's
  std::unique_ptr<aws::MapRunGuard> map_run_guard;
  std::unique_ptr<aws::AwsApi> aws;
  std::unique_ptr<gateway::GatewayService> gateway;
  std::unique_ptr<http_apis::HttpApiService> http_apis;
  std::unique_ptr<services::Authenticator> url_authenticator;  ///< for the public listener, where nobody passes without a key
  std::unique_ptr<function_urls::FunctionUrlService> function_urls;
  http::Router admin_routes, public_routes;
  http::Handler admin_handler, open_handler, stage_handler;
  std::unique_ptr<Access> access;
  std::unique_ptr<http::Server> admin, open;

  Result<void> make_services();
  void make_event_services(const Site& site);
  void tell_status_changes();
  void put_pending_events();
  aws::AwsServices aws_services();
  void make_authorizers();
  /// Asks the authorizer, which is made later; empty with --iam=off.
  [[nodiscard]] ServiceCallGuard permits_on(const std::unique_ptr<aws::Authorizer>& chosen) const;
  [[nodiscard]] std::function<Result<void>(const std::string&, const std::string&)> trigger_permission() const;
  Result<void> start_services();
  void make_deployer();
  [[nodiscard]] rest::VerificationOptions verification_options() const;
  void make_gateway();
  void make_routes();
  Result<void> listen();
  void make_handlers();
  Result<void> write_addresses() const;
  asio::awaitable<http::Response> answer(const http::Handler& handler, http::Request&& request);
  asio::awaitable<http::Response> admin_answer(http::Request&& request) const;
  asio::awaitable<http::Response> answer_at_root(http::Request&& request);
  asio::awaitable<void> become_ready();
  asio::awaitable<void> deploy_stacks();
  asio::awaitable<void> leave();
  void warn() const;
  void stop();
};

Daemon::Daemon(ServeOptions options) : parts_(std::make_unique<Parts>(std::move(options))) {}
Daemon::~Daemon() = default;

// ---- making --------------------------------------------------------------------------------------------------------------------

Result<void> Daemon::Parts::make_services() {
  auto opened = SqliteStore::open({.directory = options.data});
  if (!opened) return opened.error();
  store = std::move(*opened);
  std::shared_ptr<const Mocks> mocks;
  if (options.mock_config) {
    auto read = read_mocks(*options.mock_config);
    if (!read) return read.error();
    mocks = std::move(*read);
  }
  engine = std::make_unique<Engine>(*store, clock, engine_options(options, std::move(mocks)));
  const Site site{options.region, options.account};
  engine->on_history([site](Transaction& transaction, const ExecutionRecord& record, std::span<const HistoryEvent> facts) {
    aws::write_execution_log(transaction, site, record, facts);
  });

  std::optional<SmtpServer> server;
  if (options.smtp) {
    auto parsed = parse_smtp_url(*options.smtp);
    if (!parsed) return error(parsed.error().code, parsed.error().message, "--smtp");
    server = std::move(*parsed);
  }
  queues = std::make_unique<Queues>(site, queue_signals, [this](std::string_view text) { return urls.resolve(text); });
  queue_service = std::make_unique<QueueService>(*engine, *queues);
  moves = std::make_unique<MessageMoves>(*queues);
  move_service = std::make_unique<MessageMoveService>(*engine, *moves);
  log_service = std::make_unique<LogService>(*engine);
  triggers = std::make_unique<Triggers>(*queues);
  outbox = std::make_unique<Outbox>(server.has_value());
  const auto public_url = [this] { return urls.open(); };
  mailer = std::make_unique<Mailer>(
      *engine, *outbox,
      MailerOptions{
          .server = server, .from = options.mail_from, .public_url = public_url, .retention = *parse_duration(options.outbox_retention)});
  TopicServiceOptions topic_options;
  topic_options.public_url = public_url;
  topic_options.send_to_queue = [this](Transaction& transaction, const QueueDelivery& delivery) {
    return send_to_queue(*queues, transaction, delivery);
  };
  topic_options.resolve = [this](std::string_view text) { return urls.resolve(text); };
  topic_options.functions = &functions;
  topic_options.permits = permits_on(task_authorizer);
  topic_options.send_http = &http::send;
  topics = std::make_unique<TopicService>(*engine, *outbox, std::move(topic_options));
  trigger_service = std::make_unique<TriggerService>(*engine, *queues, *triggers, functions, trigger_permission());
  make_event_services(site);
  schedule_service = std::make_unique<ScheduleService>(*engine, *schedules, functions);
  objects = std::make_unique<ObjectService>(*engine, options.data + "/objects", io.get_executor());
  objects->on_change([this, site](Transaction& transaction, const ObjectChange& change) {
    events->put_later(transaction,
                      [&] { return aws::object_event(site, change, transaction.new_uuid(), transaction.new_uuid(), transaction.now()); });
  });
  map_run_objects = std::make_unique<MapRunObjects>(*objects);

  engine->offer("sqs:sendMessage", std::make_unique<SendMessageTask>(*queues));
  engine->offer("activity", make_activity_task(activity_signals));
  objects::offer_s3_tasks(*engine, *objects);
  engine->keep_map_run_data(*map_run_objects);
  engine->offer("http:invoke", aws::make_http_invoke_task(io.get_executor(), engine->reader(), options.region,
                                                          [this](std::string_view text) { return urls.resolve(text); }));
  engine->offer("events:putEvents",
                std::make_unique<aws::PutEventsTask>(*events, [this](std::string_view text) { return urls.resolve(text); }));
  functions::offer_function_tasks(*engine, functions, async_calls.get());
  return {};
}

/// Schedules, rules and asynchronous calls, which lead to each other.
void Daemon::Parts::make_event_services(const Site& site) {
  const auto publish_to = [this](Transaction& transaction, const std::string& topic, const std::string& message,
                                 const std::optional<std::string>& group) {
    return publish(topics->topics(), transaction, topic, message, group);
  };
  functions::AsyncCallEnvironment calls{.site = site};
  calls.send = [this](Transaction& transaction, const std::string& queue, const SendMessage& message) -> Result<void> {
    auto sent = queues->send(transaction, queue, message);
    return sent ? Result<void>() : sent.error();
  };
  calls.publish = [publish_to](Transaction& transaction, const std::string& topic, const std::string& message) {
    return publish_to(transaction, topic, message, std::nullopt);
  };
  calls.permits = permits_on(task_authorizer);
  calls.put_event = [this](EngineTransaction& transaction, const std::string& bus, const std::string& detail_type,
                           const Json& detail) -> Result<void> {
    const auto put =
        events->put(transaction, {.bus = bus.substr(bus.rfind('/') + 1), .source = "lambda", .detail_type = detail_type, .detail = detail});
    return put ? Result<void>() : put.error();
  };
  async_calls = std::make_unique<functions::AsyncCalls>(std::move(calls));
  async_call_service = std::make_unique<functions::AsyncCallService>(*engine, *async_calls, functions);
  schedules = std::make_unique<Schedules>(ScheduleEnvironment{
      .site = site,
      .queues = *queues,
      .publish = publish_to,
      .rule_fired = [this](EngineTransaction& transaction, const ScheduleId& id, Timestamp at) { events->fire_rule(transaction, id, at); },
      .permits = permits_on(task_authorizer)});
  events = std::make_unique<events::Events>(events::EventsEnvironment{.site = site,
                                                                      .queues = *queues,
                                                                      .schedules = *schedules,
                                                                      .calls = *async_calls,
                                                                      .publish = publish_to,
                                                                      .permits = permits_on(task_authorizer)});
}

/// Executions' changes of status become events of the default bus.
void Daemon::Parts::tell_status_changes() {
  engine->on_status_change([this](Transaction& transaction, const ExecutionRecord& record) {
    events->put_later(transaction, [&] {
      return aws::status_change_event(transaction, engine->site(), record, transaction.new_uuid(), transaction.now());
    });
  });
  events->on_pending([this] { put_pending_events(); });
}

void Daemon::Parts::put_pending_events() {
  constexpr std::size_t events_at_once = 100;
  std::function<Result<bool>(EngineTransaction&)> work = [this](EngineTransaction& transaction) -> Result<bool> {
    return events->put_pending(transaction, events_at_once);
  };
  engine->transact<bool>(std::move(work), [this](Result<bool> more) {
    if (more && *more) put_pending_events();
  });
}

ServiceCallGuard Daemon::Parts::permits_on(const std::unique_ptr<aws::Authorizer>& chosen) const {
  if (options.iam == "off") return {};
  return [&chosen](const ServiceCall& call) { return chosen->permit(call); };
}

/// Lambda reads a queue in the role of the function that it calls with the messages.
std::function<Result<void>(const std::string&, const std::string&)> Daemon::Parts::trigger_permission() const {
  if (options.iam == "off") return {};
  return [this](const std::string& name, const std::string& queue_arn) -> Result<void> {
    const auto reference = functions::parse_function_reference(name);
    const auto function = reference ? functions::find_function(*reader, reference->name) : std::nullopt;
    if (!function) return {};  // what is wrong with it is said when it is called
    for (const auto* action : {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}) {
      if (auto may = authorizer->permit({.service = "lambda.amazonaws.com",
                                         .source_arn = {},
                                         .role_arn = function->role,
                                         .session = function->name,
                                         .action = action,
                                         .resource = queue_arn});
          !may)
        return may;
    }
    return {};
  };
}

void Daemon::Parts::make_authorizers() {
  if (options.iam == "off") return;
  access_notices = std::make_unique<aws::AccessNotices>(options.iam == "enforce" ? aws::IamMode::Enforce : aws::IamMode::Warn);
  authorizer = std::make_unique<aws::Authorizer>(*engine, *queues, *access_notices);
  task_authorizer = std::make_unique<aws::Authorizer>(*engine, *queues, *access_notices);
  map_run_guard = std::make_unique<aws::MapRunGuard>(*task_authorizer, *map_run_objects);
  engine->keep_map_run_data(*map_run_guard);
  engine->guard_tasks([this](const TaskCall& call) { return aws::refuse_task(*task_authorizer, engine->site(), call); });
}

/// What the AWS wire and `aws-sdk:` tasks work with.
aws::AwsServices Daemon::Parts::aws_services() {
  aws::AwsServices services{*engine, activity_signals, *queues, *queue_service, topics->topics(), access->authenticator(), &functions};
  services.objects = objects.get();
  services.async_calls = async_calls.get();
  services.triggers = triggers.get();
  services.events = events.get();
  services.schedules = schedules.get();
  services.moves = moves.get();
  services.cloudformation = cloudformation.get();
  services.gateway = gateway.get();
  services.authorizer = authorizer.get();
  return services;
}

Result<void> Daemon::Parts::start_services() {
  functions::FunctionOptions function_options;
  function_options.data_directory = options.data;
  function_options.site = engine->site();
  function_options.endpoint_url = urls.admin();
  function_options.public_url = urls.open();
  function_options.resolve = [this](std::string_view text) { return urls.resolve(text); };
  function_options.workers_max = function_options.workers_per_function_max = options.function_workers;
  function_options.log.age = *parse_duration(options.log_retention);
  if (options.node_layer) {
    function_options.node_layer = *options.node_layer + "/node_modules";
    const std::string node = *options.node_layer + "/node";
    if (::access(node.c_str(), X_OK) == 0) function_options.node = node;
  }
  if (auto started = functions.start(io.get_executor(), engine->reader(), clock, std::move(function_options)); !started) return started;
  queue_service->start(io.get_executor());
  move_service->start(io.get_executor());
  log_service->start(io.get_executor());
  topics->start(io.get_executor());
  mailer->start(io.get_executor());
  trigger_service->start(io.get_executor());
  schedule_service->start(io.get_executor());
  objects->start();
  async_call_service->start(io.get_executor());
  put_pending_events();  // what the process before left
  return {};
}

void Daemon::Parts::make_deployer() {
  const Site& site = engine->site();
  stack_services.emplace(aws_services());
  stack_calls = std::make_unique<deploy::AwsCalls>(*stack_services);
  deploy::ResourceTypes types = deploy::make_resource_types({.site = site,
                                                             .queues = *queues,
                                                             .triggers = *triggers,
                                                             .schedules = *schedules,
                                                             .topics = topics->topics(),
                                                             .calls = stack_calls.get(),
                                                             .allow_unsupported = options.allow_unsupported});
  deploy::DeployOptions deploy_options;
  deploy_options.site = site;
  deploy_options.stage_code = [this](const std::filesystem::path& folder) -> Result<deploy::StagedCode> {
    auto stored = functions.code().put_folder(folder.string());
    if (!stored) return stored.error();
    return deploy::StagedCode{stored->hash, stored->bytes};
  };
  deploy_options.stage_archive = [this](std::string_view archive) -> Result<deploy::StagedCode> {
    auto stored = functions.code().put_archive(archive);
    if (!stored) return stored.error();
    return deploy::StagedCode{stored->hash, stored->bytes};
  };
  deploy_options.read_object = [this](const std::string& bucket, const std::string& key) -> Result<std::string> {
    const auto opened = objects->open(*reader, bucket, key);
    if (!opened) return opened.error();
    return opened->content->read_all();
  };
  deploy_options.systems_manager = [](const Reader& from, const std::string& name) -> std::optional<deploy::StoredParameter> {
    auto found = aws::ssm::find_parameter(from, name);
    if (!found) return std::nullopt;
    return deploy::StoredParameter{.value = std::move(found->value), .is_secure = found->is_secure};
  };
  if (access_notices)
    deploy_options.check = [this](const Reader& now, const deploy::Resource& resource) {
      aws::Authorizer seeing_it(*engine, *queues, *access_notices, now);
      return deploy::check_roles(seeing_it, engine->site(), resource);
    };
  deployer = std::make_unique<deploy::Deployer>(*engine, std::move(types), std::move(deploy_options));
  cloudformation = std::make_unique<deploy::cloudformation::Api>(*engine, *deployer);
}

rest::VerificationOptions Daemon::Parts::verification_options() const {
  return {.mode = options.verification == "confirm" ? rest::VerificationMode::Confirm : rest::VerificationMode::Resume};
}

void Daemon::Parts::make_gateway() {
  // Requests come later than the AWS API is there.
  const auto call_aws = [this](http::Request request, std::string role) {
    return aws->role_handler()(std::move(request), std::move(role));
  };
  gateway::IntegrationEnvironment integrations{functions, call_aws, [this](std::string_view text) { return urls.resolve(text); },
                                               engine->site(), permits_on(authorizer)};
  gateway::GatewayEnvironment environment{std::move(integrations), rest::make_link_guard(*engine, *reader, verification_options())};
  url_authenticator = std::make_unique<services::Authenticator>(*reader, engine->changes(services::keys_table),
                                                                services::WithoutKeys::NothingPasses, services::Roles::Matter);
  function_urls = std::make_unique<function_urls::FunctionUrlService>(
      *engine, function_urls::Environment{functions, environment.guard,
                                          aws::lambda::make_url_admission(*engine, *url_authenticator, authorizer.get())});
  http_apis = std::make_unique<http_apis::HttpApiService>(*engine, environment);
  gateway = std::make_unique<gateway::GatewayService>(*engine, std::move(environment));
}

void Daemon::Parts::make_routes() {
  const auto public_url = [this] { return urls.open(); };
  const auto denials =
      access_notices ? std::function<std::uint64_t()>([notices = access_notices.get()] { return notices->denials(); }) : nullptr;
  rest::add_status_routes(
      admin_routes, *engine, [this] { return gate.is_open(); }, denials);
  rest::add_state_machine_routes(admin_routes, *engine, *reader);
  rest::add_execution_routes(admin_routes, *engine, *reader);
  rest::add_token_routes(admin_routes, *engine, *reader);
  rest::add_outbox_routes(admin_routes, *reader, public_url);
  rest::add_queue_routes(admin_routes, *engine, *reader, *queues);
  rest::add_topic_routes(admin_routes, *engine, *reader, topics->topics());
  rest::add_function_routes(admin_routes, *reader, functions.logs());
  rest::add_schedule_routes(admin_routes, *engine, *reader, *schedules);
  rest::add_key_routes(admin_routes, *engine, *reader);
  rest::add_stack_routes(admin_routes, *deployer, *reader, [this](std::string_view text) { return urls.resolve(text); });
  admin_routes.otherwise(rest::aws_or_nothing(aws->handler()));

  rest::add_verification_routes(public_routes, *engine, *reader, verification_options());
  subscription_pages->install(public_routes);
  public_routes.otherwise(
      actions_or_routes(subscription_pages->action_handler(),
                        routes::make_route_handler(*reader, functions, engine->site(), clock,
                                                   [this](http::Request&& request) { return answer_at_root(std::move(request)); })));
}

Result<void> Daemon::Parts::listen() {
  // Code in zip archives and parts of objects come in one request each.
  constexpr std::size_t admin_body_bytes_max = 128 * 1024 * 1024;
  http::ServerOptions admin_options{.listener = http::Listener::Admin,
                                    .address = options.listen,
                                    .body_bytes_max = admin_body_bytes_max,
                                    .trusted_proxies = options.trusted_proxies};
  http::ServerOptions open_options{
      .listener = http::Listener::Public, .address = options.public_listen, .trusted_proxies = options.trusted_proxies};
  admin = std::make_unique<http::Server>(io.get_executor(), admin_options,
                                         [this](http::Request&& request) { return answer(admin_handler, std::move(request)); });
  open = std::make_unique<http::Server>(io.get_executor(), open_options,
                                        [this](http::Request&& request) { return answer(open_handler, std::move(request)); });
  if (auto listening = admin->listen(); !listening) return of_option("--listen", listening.error());
  if (auto listening = open->listen(); !listening) return of_option("--public-listen", listening.error());
  urls.set("http://" + reachable(admin->address()), options.public_url.value_or("http://" + reachable(open->address())));
  return {};
}

asio::awaitable<http::Response> Daemon::Parts::answer(const http::Handler& handler, http::Request&& request) {
  return gate.is_open() || needs_no_stacks(request.path) ? handler(std::move(request)) : gate.pass(handler, std::move(request));
}

/// What answers requests; before the loop runs, which answers none.
void Daemon::Parts::make_handlers() {
  const auto guarded = access->guard([this](http::Request&& request) { return admin_answer(std::move(request)); });
  admin_handler = s3_first(aws->handler(), guarded);
  const http::Handler apis =
      http_apis->handler(gateway->handler([this](http::Request&& request) { return public_routes.route(std::move(request)); }));
  open_handler = with_forwarded_headers(function_urls->handler(apis), [this] { return urls.open(); });
  stage_handler = http_apis->handler(gateway->handler(routes::no_route_handler()));
}

/// What nothing else on the public listener serves may be a link that a function built of `domainName` and `stage`, which are all it knows of its own URL.
asio::awaitable<http::Response> Daemon::Parts::answer_at_root(http::Request&& request) {
  auto found = gateway->apis_at_root(request);
  for (auto& api : http_apis->apis_at_root(request)) found.push_back(std::move(api));
  if (found.size() == 1) request.path = gateway::path_in_api(found.front(), request.path);
  return stage_handler(std::move(request));
}

/// Definitions, inputs and histories are stored with placeholders for the daemon's own URLs; whoever reads them gets the URLs.
asio::awaitable<http::Response> Daemon::Parts::admin_answer(http::Request&& request) const {
  auto response = co_await admin_routes.route(std::move(request));
  if (response.body.find(own_url_mark) != std::string::npos) response.body = urls.resolve(response.body);
  co_return response;
}

/// `{"admin": "127.0.0.1:PORT", "public": "127.0.0.1:PORT"}`, whole or not at all.
Result<void> Daemon::Parts::write_addresses() const {
  const std::string path = options.data + "/addresses.json", temporary = path + ".new";
  const Json addresses = json_object({{"admin", admin->address()}, {"public", open->address()}});
  std::ofstream file(temporary, std::ios::trunc);
  file << addresses.text() << "\n";
  file.close();
  if (!file || std::rename(temporary.c_str(), path.c_str()) != 0) return error(ErrorCode::Unavailable, "cannot write " + path);
  return {};
}

void Daemon::Parts::warn() const {
  if (options.smtp && options.verification == "resume") {
    spdlog::warn(
        "mail is sent and --verification=resume lets a GET decide: mail scanners open links, and would decide in a person's place; "
        "--verification=confirm asks the person on a page first");
  }
  if (options.node_layer && !std::filesystem::is_directory(*options.node_layer + "/node_modules")) {
    spdlog::warn("--node-layer: there is no folder {}/node_modules; Node functions find no SDK but what they bring", *options.node_layer);
  }
  if (options.insecure) spdlog::warn("--insecure: whoever reaches {} can do anything", admin->address());
}

asio::awaitable<void> Daemon::Parts::deploy_stacks() {
  deploy::ParameterOverrides parameters;
  for (const auto& parameter : options.parameters) {
    const auto equals = parameter.find('=');
    parameters[parameter.substr(0, equals)] = equals == std::string::npos ? "" : parameter.substr(equals + 1);
  }
  std::filesystem::path folder = *options.stacks;
  for (const auto& name : deployer->unknown_parameters(folder, parameters))
    spdlog::warn("--parameter {}: no template in {} has such a parameter", name, folder.string());
  const auto results = co_await deployer->deploy(folder, parameters);
  if (results) {
    for (const auto& result : *results) tell(result);
  } else {
    spdlog::error("stacks: {}", results.error().message);
  }
  for (const auto& name : deploy::Deployer::vanished(*reader)) spdlog::warn("stack {}: its folder is gone; what it deployed is kept", name);
}

/// Ready means: recovered, listening, and the stacks there are.
asio::awaitable<void> Daemon::Parts::become_ready() {
  if (options.stacks) co_await deploy_stacks();
  if (auto written = write_addresses(); !written) spdlog::error("{}", written.error().message);
  gate.open();
  spdlog::info("signalbox {} is ready: admin {}, public {}, data {}", program_version, admin->address(), open->address(), options.data);
  warn();
  release_start_pages();
}

Result<void> Daemon::start() {
  auto& p = *parts_;
  if (auto made = p.make_services(); !made) return made;
  // Tasks may be called as soon as the engine runs, so all that they use is there before.
  p.reader = &p.engine->loop_reader();
  p.engine->loop_reader().share_snapshots([&io = p.io](std::function<void()> release) { asio::post(io, std::move(release)); });
  p.access = std::make_unique<Access>(*p.engine, *p.reader, p.options);
  p.tell_status_changes();
  p.make_authorizers();
  aws::offer_sdk_tasks(
      *p.engine, p.aws_services(), p.io.get_executor(), [&urls = p.urls] { return urls.admin(); },
      [&urls = p.urls](std::string_view text) { return urls.resolve(text); });
  // Carried out on the I/O thread, which begins its work when the gateway is there.
  p.engine->offer("apigateway:invoke", std::make_unique<gateway::InvokeTask>(p.io.get_executor(), [&p](http::Request&& request) {
                    return p.http_apis->internal_handler(p.gateway->internal_handler())(std::move(request));
                  }));
  // Recovery makes the tasks that are due, and they must know the daemon's own URLs. Whoever connects now waits until the loop runs.
  if (auto listening = p.listen(); !listening) return listening;
  if (auto started = p.engine->start(); !started) return started;
  if (auto allowed = p.access->prepare(); !allowed) return allowed;
  p.make_deployer();
  p.make_gateway();
  p.aws = std::make_unique<aws::AwsApi>(p.aws_services());
  p.subscription_pages = std::make_unique<SubscriptionPages>(*p.engine, p.topics->topics(), p.options.verification == "confirm");
  p.make_handlers();
  spdlog::info("signalbox {} listens: admin {}, public {}, data {}", program_version, p.admin->address(), p.open->address(),
               p.options.data);
  if (auto started = p.start_services(); !started) return started;
  p.make_routes();
  asio::co_spawn(p.io, p.become_ready(), log_failure("become_ready"));
  return {};
}

// ---- running -------------------------------------------------------------------------------------------------------------------

void Daemon::Parts::stop() {
  admin->stop();
  open->stop();
  schedule_service->stop();
  objects->stop();
  async_call_service->stop();
  trigger_service->stop();
  mailer->stop();
  topics->stop();
  queue_service->stop();
  move_service->stop();
  log_service->stop();
  functions.stop();
}

/// Gives requests under way some seconds to be answered. Whoever is not done by then is cut off; what was committed goes on at the next start.
asio::awaitable<void> Daemon::Parts::leave() {
  stop();
  asio::steady_timer pause(io);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{5};
  while (admin->connections() + open->connections() > 0 && std::chrono::steady_clock::now() < deadline) {
    pause.expires_after(std::chrono::milliseconds{10});
    co_await pause.async_wait(asio::use_awaitable);
  }
  io.stop();
}

void Daemon::run() {
  auto& p = *parts_;
  asio::signal_set signals(p.io, SIGTERM, SIGINT);
  signals.async_wait([&](boost::system::error_code fault, int signal) {
    if (fault) return;
    spdlog::info("{}: stopping", signal == SIGTERM ? "SIGTERM" : "SIGINT");
    asio::co_spawn(p.io, p.leave(), log_failure("leave"));
  });
  p.io.run();
  p.engine->stop();
  spdlog::info("stopped");
}

}  // namespace signalbox::cli
