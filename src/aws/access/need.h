#pragma once
/// What permission a call needs. Each service has its table beside its operations (SERVICE/permissions.cpp). Source: Service Authorization Reference.

#include "aws/call.h"
#include "services/access/evaluate.h"
#include "signalbox/json.h"
#include "signalbox/site.h"
#include "signalbox/store.h"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::aws {

struct NeedContext {
  const Site& site;
  const Reader& reader;
};

/// All needs of a call must be met.
using Needs = std::vector<access::Request>;

/// The resource of an operation, from its members.
using ResourceOf = std::string (*)(const NeedContext&, const Json& request);

/// An operation whose action has another name, or whose resource is not the table's usual one.
struct NeedRow {
  std::string_view operation;
  std::string_view action;  ///< empty: as the operation
  ResourceOf resource;
};

/// `prefix`: `sqs`. Operations that no row names need their own action on `usual`.
[[nodiscard]] Needs needs_by(std::span<const NeedRow> rows, std::string_view prefix, ResourceOf usual, const NeedContext& context,
                             std::string_view operation, const Json& request);
/// iam:PassRole on a role that a request hands to a service; nothing if it names none. `service`: `lambda.amazonaws.com`.
void add_pass_role(Needs& needs, const Json* role_arn, std::string_view service);

/// `*`
[[nodiscard]] std::string any_resource(const NeedContext& context, const Json& request);

/// Of a call of the wire or of an `aws-sdk:` task. S3's are its own affair (s3/permissions.h), as REST requests have no operation's name.
[[nodiscard]] Needs needs_of(Service service, const NeedContext& context, std::string_view operation, const Json& request);

}  // namespace signalbox::aws
