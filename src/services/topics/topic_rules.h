#pragma once
/// What the rule files of topics share.

#include "services/topics/records.h"
#include "services/topics/subscription_token.h"
#include "signalbox/topics.h"

#include <string>

namespace signalbox::topic_rules {

[[nodiscard]] Error invalid(const std::string& what, const std::string& where = {});
[[nodiscard]] Error topic_does_not_exist();
[[nodiscard]] Error subscription_does_not_exist();

/// Errors: InvalidArgument for unknown attributes and values.
[[nodiscard]] Result<void> check_subscription_attribute(const Subscription& subscription, const std::string& name,
                                                        const std::string& value);

/// `1` unless the topic says `2`.
[[nodiscard]] std::string signature_version(const Topic& topic);

/// Links are stored with the placeholder of the public URL.
[[nodiscard]] std::string confirm_path(const std::string& token);
[[nodiscard]] std::string unsubscribe_path(const std::string& token);
[[nodiscard]] std::string unsubscribe_token(const TopicEnvironment& environment, const Subscription& subscription);

}  // namespace signalbox::topic_rules
