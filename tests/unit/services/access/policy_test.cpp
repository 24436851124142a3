#include "services/access/evaluate.h"
#include "services/access/managed_policies.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::access;

namespace {

const Identity worker{.role_arn = "arn:aws:iam::000000000000:role/app/worker",
                      .session_arn = "arn:aws:sts::000000000000:assumed-role/worker/task",
                      .account = "000000000000"};
const std::string queue = "arn:aws:sqs:us-east-1:000000000000:jobs";

Policy parsed(const std::string& document, PolicyUse use = PolicyUse::Identity) {
  auto policy = parse_policy(std::string_view(document), use);
  INFO(document);
  if (!policy) FAIL(policy.error().message);
  return std::move(*policy);
}

/// One statement, its members without braces.
Policy statement(const std::string& members, PolicyUse use = PolicyUse::Identity) {
  return parsed(R"({"Version":"2012-10-17","Statement":{)" + members + "}}", use);
}

bool permits(const Policy& policy, const Request& request) { return !evaluate({.identity = {&policy}}, worker, request); }

std::string fault(const std::string& document, PolicyUse use = PolicyUse::Identity) {
  const auto policy = parse_policy(std::string_view(document), use);
  return policy ? std::string() : policy.error().message;
}

}  // namespace

TEST_CASE("actions are compared without case, resources with it, part by part") {
  struct Row {
    const char *action, *resource;
    bool permitted;
  };
  const Row rows[] = {{"sqs:SendMessage", "arn:aws:sqs:us-east-1:000000000000:jobs", true},
                      {"SQS:sendmessage", "arn:aws:sqs:*:*:jobs", true},
                      {"sqs:Send*", "*", true},
                      {"sqs:Send?essage", "arn:aws:sqs:us-east-?:000000000000:*", true},
                      {"*", "arn:aws:sqs", true},
                      {"sqs:*", "arn:aws:sqs:*", true},
                      {"sqs:SendMessageBatch", "*", false},
                      {"sns:*", "*", false},
                      {"sqs:*", "arn:aws:sqs:us-east-1:000000000000:Jobs", false},
                      {"sqs:*", "arn:aws:*:jobs", false},  // a wildcard does not reach over a colon
                      {"sqs:*", "arn:aws:sqs:us-east-1:000000000000:jobs*x", false}};
  for (const auto& row : rows) {
    INFO(row.action << " " << row.resource);
    const auto policy = statement(std::string(R"("Effect":"Allow","Action":")") + row.action + R"(","Resource":")" + row.resource + "\"");
    CHECK(permits(policy, {"sqs:SendMessage", queue}) == row.permitted);
  }
}

TEST_CASE("NotAction and NotResource mean all others") {
  const auto others = statement(R"("Effect":"Allow","NotAction":["sqs:DeleteQueue","sns:*"],"NotResource":"arn:aws:sqs:*:*:secret*")");
  CHECK(permits(others, {"sqs:SendMessage", queue}));
  CHECK_FALSE(permits(others, {"sqs:DeleteQueue", queue}));
  CHECK_FALSE(permits(others, {"sns:Publish", queue}));
  CHECK_FALSE(permits(others, {"sqs:SendMessage", "arn:aws:sqs:us-east-1:000000000000:secrets"}));
}

TEST_CASE("a statement that denies wins over all that allow; nothing said is denied") {
  const auto all = statement(R"("Effect":"Allow","Action":"*","Resource":"*")");
  const auto no_deletion = statement(R"("Effect":"Deny","Action":"sqs:Delete*","Resource":"*")");
  CHECK_FALSE(evaluate({.identity = {&all, &no_deletion}}, worker, {"sqs:SendMessage", queue}));
  const auto denial = evaluate({.identity = {&all, &no_deletion}}, worker, {"sqs:DeleteQueue", queue});
  REQUIRE(denial);
  CHECK(denial_text(*denial, worker, "sqs:deletequeue", queue) ==
        "User: arn:aws:sts::000000000000:assumed-role/worker/task is not authorized to perform: sqs:deletequeue on resource: " + queue +
            " with an explicit deny in an identity-based policy");
  const auto nothing = evaluate({}, worker, {"sqs:SendMessage", queue});
  REQUIRE(nothing);
  CHECK(denial_text(*nothing, worker, "sqs:SendMessage", queue) ==
        "User: arn:aws:sts::000000000000:assumed-role/worker/task is not authorized to perform: sqs:SendMessage on resource: " + queue +
            " because no identity-based policy allows the sqs:SendMessage action");
}

TEST_CASE("nobody in particular may do what a resource's policy allows to anybody") {
  const Identity nobody{.role_arn = {}, .session_arn = "anonymous", .account = {}, .is_anonymous = true};
  const Request asked{
      "lambda:InvokeFunctionUrl", "arn:aws:lambda:us-east-1:000000000000:function:f", {{"lambda:functionurlauthtype", {"NONE"}}}};
  const auto permits_nobody = [&](const char* principal, const char* more = "") {
    const auto policy =
        statement(std::string(R"("Effect":"Allow","Action":"lambda:*","Principal":)") + principal + more, PolicyUse::Resource);
    return !evaluate({.resource = &policy}, nobody, asked);
  };
  CHECK(permits_nobody(R"("*")"));
  CHECK(permits_nobody(R"({"AWS":"*"})", R"(,"Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}})"));
  CHECK_FALSE(permits_nobody(R"("*")", R"(,"Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"AWS_IAM"}})"));
  CHECK_FALSE(permits_nobody(R"({"AWS":"000000000000"})"));
  CHECK_FALSE(permits_nobody(R"({"Service":"lambda.amazonaws.com"})"));
  const auto denial = evaluate({}, nobody, asked);
  REQUIRE(denial);
  CHECK(denial_text(*denial, nobody, asked.action, asked.resource) ==
        "User: anonymous is not authorized to perform: lambda:InvokeFunctionUrl on resource: " + asked.resource +
            " because no resource-based policy allows the lambda:InvokeFunctionUrl action");
}

TEST_CASE("variables stand for values of the request from version 2012-10-17 on") {
  const std::string own = R"("Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:PrincipalTag/team, 'nobody'}/*")";
  const ContextKeys blue{{"aws:principaltag/team", {"blue"}}};
  CHECK(permits(statement(own), {"s3:GetObject", "arn:aws:s3:::home/blue/a/b", blue}));
  CHECK_FALSE(permits(statement(own), {"s3:GetObject", "arn:aws:s3:::home/red/a", blue}));
  CHECK(permits(statement(own), {"s3:GetObject", "arn:aws:s3:::home/nobody/a"}));
  // What came from a variable is no wildcard.
  CHECK_FALSE(permits(statement(own), {"s3:GetObject", "arn:aws:s3:::home/red/a", {{"aws:principaltag/team", {"*"}}}}));
  const auto without_default = statement(R"("Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:username}")");
  CHECK_FALSE(permits(without_default, {"s3:GetObject", "arn:aws:s3:::home/"}));
  const auto star = statement(R"("Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${*}${?}${$}")");
  CHECK(permits(star, {"s3:GetObject", "arn:aws:s3:::home/*?$"}));
  CHECK_FALSE(permits(star, {"s3:GetObject", "arn:aws:s3:::home/abc"}));
  const auto old = parsed(R"({"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:username}"}]})");
  CHECK_FALSE(permits(old, {"s3:GetObject", "arn:aws:s3:::home/ada", {{"aws:username", {"ada"}}}}));
  CHECK(permits(old, {"s3:GetObject", "arn:aws:s3:::home/${aws:username}", {{"aws:username", {"ada"}}}}));
}

TEST_CASE("boundaries and session policies limit, and allow nothing by themselves") {
  const auto sends = statement(R"("Effect":"Allow","Action":"sqs:SendMessage","Resource":"*")");
  const auto reads = statement(R"("Effect":"Allow","Action":"sqs:ReceiveMessage","Resource":"*")");
  const auto all = statement(R"("Effect":"Allow","Action":"sqs:*","Resource":"*")");
  const Request request{"sqs:SendMessage", queue};
  CHECK_FALSE(evaluate({.identity = {&sends}, .boundary = &all, .session = {&all}}, worker, request));
  auto denial = evaluate({.identity = {&sends}, .boundary = &reads}, worker, request);
  REQUIRE(denial);
  CHECK(denial_text(*denial, worker, "sqs:SendMessage", queue)
            .ends_with(" because no permissions boundary allows the sqs:SendMessage action"));
  denial = evaluate({.identity = {&sends}, .session = {&reads}}, worker, request);
  REQUIRE(denial);
  CHECK(denial_text(*denial, worker, "sqs:SendMessage", queue).ends_with(" because no session policy allows the sqs:SendMessage action"));
  denial = evaluate({.identity = {&reads}, .boundary = &all}, worker, request);
  REQUIRE(denial);
  CHECK(denial->by == PolicyKind::Identity);
}

TEST_CASE("a resource's policy allows too, as closely as it names the one who asks") {
  const auto of = [](const std::string& principal) {
    return statement(R"("Effect":"Allow","Principal":)" + principal + R"(,"Action":"sqs:SendMessage","Resource":"*")", PolicyUse::Resource);
  };
  const Request request{"sqs:SendMessage", queue};
  const auto reads = statement(R"("Effect":"Allow","Action":"sqs:ReceiveMessage","Resource":"*")");
  struct Row {
    const char* principal;
    bool permitted, with_boundary;
  };
  const Row rows[] = {{R"("*")", true, false},
                      {R"({"AWS":"*"})", true, false},
                      {R"({"AWS":["arn:aws:iam::000000000000:role/app/worker"]})", true, false},
                      {R"({"AWS":"arn:aws:sts::000000000000:assumed-role/worker/task"})", true, true},
                      {R"({"AWS":"arn:aws:iam::000000000000:root"})", false, false},  // leaves it to the account's policies
                      {R"({"AWS":"000000000000"})", false, false},
                      {R"({"AWS":"arn:aws:iam::000000000000:role/other"})", false, false},
                      {R"({"Service":"sns.amazonaws.com"})", false, false}};
  for (const auto& row : rows) {
    INFO(row.principal);
    const auto policy = of(row.principal);
    CHECK(!evaluate({.resource = &policy}, worker, request) == row.permitted);
    CHECK(!evaluate({.boundary = &reads, .resource = &policy}, worker, request) == row.with_boundary);
  }
  const auto denies =
      statement(R"("Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::000000000000:role/other"},"Action":"sqs:*")", PolicyUse::Resource);
  const auto all = statement(R"("Effect":"Allow","Action":"sqs:*","Resource":"*")");
  const auto denial = evaluate({.identity = {&all}, .resource = &denies}, worker, request);
  REQUIRE(denial);
  CHECK(denial_text(*denial, worker, "sqs:SendMessage", queue).ends_with(" with an explicit deny in a resource-based policy"));
}

TEST_CASE("a service is permitted by the resource's policy alone") {
  const Identity sns{.role_arn = {}, .session_arn = {}, .account = "000000000000", .service = "sns.amazonaws.com"};
  const auto policy = statement(R"("Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":")" +
                                    queue + R"(","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:000000000000:news"}})",
                                PolicyUse::Resource);
  CHECK_FALSE(
      evaluate({.resource = &policy}, sns, {"sqs:SendMessage", queue, {{"aws:sourcearn", {"arn:aws:sns:us-east-1:000000000000:news"}}}}));
  const auto denial =
      evaluate({.resource = &policy}, sns, {"sqs:SendMessage", queue, {{"aws:sourcearn", {"arn:aws:sns:us-east-1:000000000000:other"}}}});
  REQUIRE(denial);
  CHECK(denial_text(*denial, sns, "sqs:sendmessage", queue) ==
        "User: sns.amazonaws.com is not authorized to perform: sqs:sendmessage on resource: " + queue +
            " because no resource-based policy allows the sqs:sendmessage action");
}

TEST_CASE("a role is assumed by whom it trusts: named directly, or by its account and the caller's own policies") {
  const std::string target = "arn:aws:iam::000000000000:role/target";
  const auto trusting = [](const std::string& principal) {
    return statement(R"("Effect":"Allow","Principal":)" + principal + R"(,"Action":"sts:AssumeRole")", PolicyUse::Trust);
  };
  const auto may = statement(R"("Effect":"Allow","Action":"sts:AssumeRole","Resource":"*")");
  const Request request{"sts:AssumeRole", target};
  const auto worker_itself = trusting(R"({"AWS":"arn:aws:iam::000000000000:role/app/worker"})"),
             account = trusting(R"({"AWS":"000000000000"})"), function = trusting(R"({"Service":"lambda.amazonaws.com"})");
  CHECK_FALSE(evaluate({.resource = &worker_itself}, worker, request, PolicyKind::Trust));
  CHECK_FALSE(evaluate({.identity = {&may}, .resource = &account}, worker, request, PolicyKind::Trust));
  CHECK(evaluate({.resource = &account}, worker, request, PolicyKind::Trust)->by == PolicyKind::Identity);
  CHECK(evaluate({.identity = {&may}, .resource = &function}, worker, request, PolicyKind::Trust)->by == PolicyKind::Trust);
  const Identity lambda{.role_arn = {}, .session_arn = {}, .account = "000000000000", .service = "lambda.amazonaws.com"};
  CHECK_FALSE(evaluate({.resource = &function}, lambda, request, PolicyKind::Trust));
}

TEST_CASE("malformed policies are refused in IAM's words") {
  CHECK(fault("[]") == "Syntax errors in policy.");
  CHECK(fault(R"({"Version":"2012-10-17"})") == "Syntax errors in policy.");
  CHECK(fault(R"({"Version":"2020-01-01","Statement":[]})") == "Policy document must be version 2012-10-17 or greater.");
  CHECK(fault(R"({"Statement":{"Effect":"allow","Action":"a:b","Resource":"*"}})") == "Syntax errors in policy.");
  CHECK(fault(R"({"Statement":{"Effect":"Allow","Action":"a:b","NotAction":"a:c","Resource":"*"}})") == "Syntax errors in policy.");
  CHECK(fault(R"({"Statement":{"Effect":"Allow","Actions":"a:b","Resource":"*"}})") == "Syntax errors in policy.");
  CHECK(fault(R"({"Statement":{"Effect":"Allow","Resource":"*"}})") == "Policy statement must contain actions.");
  CHECK(fault(R"({"Statement":{"Effect":"Allow","Action":"a:b"}})") == "Policy statement must contain resources.");
  CHECK(fault(R"({"Statement":{"Effect":"Allow","Action":"send","Resource":"*"}})") ==
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  CHECK(fault(R"({"Statement":{"Effect":"Allow","Action":"a:b","Resource":"jobs"}})") == "Resource jobs must be in ARN format or \"*\".");
  CHECK(fault(R"({"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","Principal":"*"}})") ==
        "Policy document should not specify a principal.");
  CHECK(fault(R"({"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"StringSimilar":{"a:b":"c"}}}})") ==
        "Invalid Condition type : StringSimilar.");
  CHECK(fault(R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}})", PolicyUse::Trust) == "Missing required field Principal");
  CHECK(fault(R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}})", PolicyUse::Trust) ==
        "Has prohibited field Resource");
  CHECK(fault(R"({"Statement":{"Effect":"Allow","Principal":{"Robot":"x"},"Action":"a:b"}})", PolicyUse::Resource) ==
        "Invalid principal in policy: \"Robot\":\"x\"");
}

TEST_CASE("AWS's managed policies that are known here") {
  const auto permitted = [](std::string_view arn, const Request& request) {
    const auto document = managed_policy(arn);
    REQUIRE(document);
    const auto policy = parse_policy(*document, PolicyUse::Identity);
    REQUIRE(policy.has_value());
    return permits(*policy, request);
  };
  CHECK(permitted("arn:aws:iam::aws:policy/AmazonSQSFullAccess", {"sqs:SendMessage", queue}));
  CHECK_FALSE(permitted("arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess", {"sqs:SendMessage", queue}));
  CHECK(permitted("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
                  {"logs:PutLogEvents", "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f:log-stream:s"}));
  CHECK(permitted("arn:aws:iam::aws:policy/AWSLambda_FullAccess",
                  {"iam:PassRole", worker.role_arn, {{"iam:passedtoservice", {"lambda.amazonaws.com"}}}}));
  CHECK_FALSE(permitted("arn:aws:iam::aws:policy/AWSLambda_FullAccess",
                        {"iam:PassRole", worker.role_arn, {{"iam:passedtoservice", {"states.amazonaws.com"}}}}));
  CHECK(permitted("arn:aws:iam::aws:policy/PowerUserAccess", {"iam:ListRoles", "*"}));
  CHECK_FALSE(permitted("arn:aws:iam::aws:policy/PowerUserAccess", {"iam:CreateRole", worker.role_arn}));
  CHECK(permitted("arn:aws:iam::aws:policy/AWSLambdaExecute", {"s3:GetObject", "arn:aws:s3:::a/b"}));
  CHECK(is_managed_by_aws("arn:aws:iam::aws:policy/AmazonRDSFullAccess"));
  CHECK_FALSE(managed_policy("arn:aws:iam::aws:policy/AmazonRDSFullAccess"));
  CHECK_FALSE(managed_policy("arn:aws:iam::000000000000:policy/AmazonSQSFullAccess"));
}
