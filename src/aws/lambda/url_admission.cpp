#include "aws/lambda/url_admission.h"

#include "aws/iam/iam.h"

#include <utility>

namespace signalbox::aws::lambda {

namespace {

using function_urls::Admission;
using functions::FunctionUrl;
using functions::UrlAuth;

Needs needs_of(const Site& site, const FunctionUrl& url) {
  const auto arn = site.function_arn(url.function) + (url.alias.empty() ? "" : ":" + url.alias);
  const std::string auth = url.auth == UrlAuth::Iam ? "AWS_IAM" : "NONE";
  return {{.action = "lambda:InvokeFunctionUrl", .resource = arn, .keys = {{"lambda:functionurlauthtype", {auth}}}},
          {.action = "lambda:InvokeFunction", .resource = arn, .keys = {{"lambda:invokedviafunctionurl", {"true"}}}}};
}

/// As events show the one who signed.
Json identity_json(const Site& site, const std::string& key_id, const std::optional<services::RoleSession>& session) {
  const auto user = session ? iam::entity_id("AROA", services::role_name_of(session->role_arn)) + ":" + session->name : site.account;
  return json_object({{"accessKey", key_id},
                      {"accountId", site.account},
                      {"callerId", user},
                      {"cognitoIdentity", Json()},
                      {"principalOrgId", Json()},
                      {"userArn", session ? services::assumed_role_arn(*session) : "arn:aws:iam::" + site.account + ":root"},
                      {"userId", user}});
}

class UrlAdmission {
 public:
  UrlAdmission(Engine& engine, const services::Authenticator& authenticator, Authorizer* authorizer)
      : engine_(engine), authenticator_(authenticator), authorizer_(authorizer) {}

  std::optional<Admission> operator()(const http::Request& request, const FunctionUrl& url) const {
    return url.auth == UrlAuth::Iam ? signed_call(request, url) : open_call(request, url);
  }

 private:
  std::optional<Admission> open_call(const http::Request& request, const FunctionUrl& url) const {
    Caller nobody;
    nobody.source_address = request.client_address;
    nobody.is_anonymous = true;
    return permitted(nobody, url) ? std::optional(Admission{}) : std::nullopt;
  }

  std::optional<Admission> signed_call(const http::Request& request, const FunctionUrl& url) const {
    const auto given = services::parse_sigv4(request);
    if (!given || !*given || (*given)->service != "lambda") return std::nullopt;
    const auto principal = authenticator_.authenticate(request, engine_.clock().now());
    if (!principal || principal->role == services::Role::Anonymous) return std::nullopt;
    const auto session = authenticator_.role_session(request);
    if (session && !permitted(Caller{.session = *session, .source_address = request.client_address}, url)) return std::nullopt;
    return Admission{identity_json(engine_.site(), principal->key_id, session)};
  }

  bool permitted(const Caller& caller, const FunctionUrl& url) const {
    return !authorizer_ || !authorizer_->refuse(caller, needs_of(engine_.site(), url));
  }

  Engine& engine_;
  const services::Authenticator& authenticator_;
  Authorizer* authorizer_;
};

}  // namespace

function_urls::Admit make_url_admission(Engine& engine, const services::Authenticator& authenticator, Authorizer* authorizer) {
  return UrlAdmission(engine, authenticator, authorizer);
}

}  // namespace signalbox::aws::lambda
