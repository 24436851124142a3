#pragma once
/// The CloudFormation API (Query). A stack is deployed in one transaction, so every call is done when it is answered: no status ends in _IN_PROGRESS, and
/// who polls sees the end at once. Source: CloudFormation API Reference; texts that CDK's command line looks for.

#include "aws/cloudformation.h"
#include "deploy/cloudformation/records.h"
#include "deploy/deployer.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::deploy::cloudformation {

class Api final : public aws::CloudFormation {
 public:
  /// On the I/O thread; references outlive it.
  Api(Engine& engine, Deployer& deployer) : engine_(engine), deployer_(deployer), reader_(engine.reader()) {}

  bool knows(std::string_view operation) const override;
  bool offers(std::string_view operation) const override;
  aws::asio::awaitable<aws::Answer<Json>> call(aws::OperationContext context, std::string operation, Json request) override;

 private:
  using Answer = aws::Answer<Json>;
  using Reading = Answer (Api::*)(const Json&) const;
  using Writing = aws::asio::awaitable<Answer> (Api::*)(Json);
  /// Those that answer at once, and those that change something, by AWS's names.
  static const std::map<std::string_view, Reading>& reading();
  static const std::map<std::string_view, Writing>& writing();

  // stacks.cpp
  Answer describe_stacks(const Json& request) const;
  Answer list_stacks(const Json& request) const;
  Answer describe_stack_events(const Json& request) const;
  Answer describe_events(const Json& request) const;
  Answer describe_stack_resources(const Json& request) const;
  Answer describe_stack_resource(const Json& request) const;
  Answer list_stack_resources(const Json& request) const;
  Answer list_exports(const Json& request) const;
  Answer list_imports(const Json& request) const;

  // operations.cpp
  aws::asio::awaitable<Answer> create_stack(Json request);
  aws::asio::awaitable<Answer> update_stack(Json request);
  aws::asio::awaitable<Answer> delete_stack(Json request);
  aws::asio::awaitable<Answer> update_termination_protection(Json request);
  /// What a plan is carried out with.
  struct Deployment {
    Operation operation;                            ///< its type says whether the stack is made
    std::map<std::string, std::string> parameters;  ///< as given
    Json settings;
    std::string change_set_id = {};
    bool delete_on_failure = false;
    bool is_protected = false;
  };
  /// Deploys the plan, and notes how that ended.
  aws::asio::awaitable<Answer> carry_out(Plan plan, Deployment deployment);
  aws::asio::awaitable<aws::Answer<bool>> write(std::function<void(EngineTransaction&)> work);

  // templates.cpp
  Answer get_template(const Json& request) const;
  Answer get_template_summary(const Json& request) const;
  Answer validate_template(const Json& request) const;

  // change_sets.cpp
  aws::asio::awaitable<Answer> create_change_set(Json request);
  Answer describe_change_set(const Json& request) const;
  aws::asio::awaitable<Answer> execute_change_set(Json request);
  aws::asio::awaitable<Answer> delete_change_set(Json request);
  Answer list_change_sets(const Json& request) const;

  /// A template and the parameters given for it.
  struct Given {
    std::string stack;
    std::string source;
    std::map<std::string, std::string> parameters;
  };
  [[nodiscard]] aws::Answer<std::string> read_source(const Json& request, const std::string& stack) const;
  [[nodiscard]] aws::Answer<Given> read_given(const Json& request) const;
  [[nodiscard]] aws::Answer<Plan> make_plan_of(const Given& given) const;
  /// The stack that `StackName` means. `refusal` is what AWS says of one that is not there, with `{}` for what was given.
  [[nodiscard]] aws::Answer<StackStatus> existing(const Json& request, std::string_view refusal = "Stack with id {} does not exist") const;
  /// A stack that is there and can be changed.
  [[nodiscard]] aws::Answer<StackStatus> updatable(const std::string& stack) const;
  [[nodiscard]] std::optional<ChangeSet> change_set_of(const Json& request) const;
  [[nodiscard]] std::string id_of(std::string_view stack) const { return stack_id(engine_.site(), stack); }
  [[nodiscard]] Json stack_json(const StackStatus& status) const;
  /// Resources with their status, in the order they were made; those of a stack that is gone, too.
  [[nodiscard]] std::vector<ResourceStatus> resources_of(const StackStatus& status) const;
  [[nodiscard]] std::optional<StackStatus> stack_with(std::string_view ref) const;

  Engine& engine_;
  Deployer& deployer_;
  std::unique_ptr<Reader> reader_;
};

[[nodiscard]] aws::Failure validation_error(std::string message);
[[nodiscard]] bool is_true(const Json& request, std::string_view name);
/// Its texts; none if it is not there.
[[nodiscard]] std::vector<std::string> list_member(const Json& request, std::string_view name);
/// Of those members that an operation cannot do without, the ones that are missing, in AWS's words.
[[nodiscard]] std::optional<aws::Failure> missing_members(std::string_view operation, const Json& request);
/// The members of a stack's description that are kept as they were given; what a request leaves out stays as it was.
[[nodiscard]] Json settings_of(const Json& request, const Json& before);
[[nodiscard]] bool has_same_tags(const Json& settings, const Json& others);
[[nodiscard]] aws::Failure no_such_change_set(std::string_view name);
/// The making of a change set, as an OperationEvent.
[[nodiscard]] Json change_set_event(const Site& site, const ChangeSet& change_set);

}  // namespace signalbox::deploy::cloudformation
