#pragma once
/// A role's policies, read from what IAM keeps, and parsed once until IAM's records change. Of one thread.

#include "services/access/policy.h"
#include "signalbox/json.h"
#include "signalbox/site.h"
#include "signalbox/store.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::aws {

struct RolePolicies {
  std::string arn;
  std::vector<access::Policy> identity;  ///< inline and attached
  std::optional<access::Policy> boundary;
  std::optional<access::Policy> trust;
  std::int64_t session_seconds_max = 3600;
  std::vector<std::pair<std::string, std::string>> tags;
  std::vector<std::string> faults;  ///< policies that grant nothing here, and why
};

class RolePolicyCache {
 public:
  /// `changes`: of the table in which IAM keeps its records.
  RolePolicyCache(Site site, const Reader& reader, const std::atomic<std::uint64_t>& changes)
      : site_(std::move(site)), reader_(reader), changes_(changes) {}

  /// Null if there is no such role. `role`: its name or ARN.
  [[nodiscard]] std::shared_ptr<const RolePolicies> find(std::string_view role);
  /// A managed policy, AWS's or the account's. Errors: NotFound (unknown), what is wrong with its document.
  [[nodiscard]] Result<access::Policy> managed(std::string_view arn) const;

 private:
  [[nodiscard]] std::shared_ptr<const RolePolicies> read(const std::string& name) const;
  void add(RolePolicies& out, const std::string& what, Result<access::Policy> policy) const;

  Site site_;
  const Reader& reader_;
  const std::atomic<std::uint64_t>& changes_;
  std::uint64_t seen_ = 0;
  std::map<std::string, std::shared_ptr<const RolePolicies>, std::less<>> roles_;
};

}  // namespace signalbox::aws
