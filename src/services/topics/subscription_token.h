#pragma once
/// Tokens in the links that confirm and end subscriptions: unguessable, checked by their MAC before anything is looked up.

#include "signalbox/ids.h"
#include "signalbox/keys.h"
#include "signalbox/result.h"
#include "signalbox/topics.h"

#include <string>
#include <string_view>

namespace signalbox {

/// Stored in links that were mailed: do not renumber.
enum class SubscriptionAction : std::uint8_t { Confirm = 1, Unsubscribe = 2 };

/// Life of a confirmation token, as on AWS. An unsubscribe link works as long as the subscription.
inline constexpr std::chrono::hours confirmation_life{48};

struct SubscriptionToken {
  SubscriptionAction action;
  SubscriptionRow row;
  Timestamp issued_at;  ///< to the second
};

/// base64url, some 36 characters.
[[nodiscard]] std::string make_subscription_token(const MasterKey& master, const SubscriptionToken& token);
/// Errors: InvalidArgument `Invalid token`, one and the same for all rubbish. Says nothing about age.
[[nodiscard]] Result<SubscriptionToken> parse_subscription_token(const MasterKey& master, std::string_view text);
[[nodiscard]] bool is_expired(const SubscriptionToken& token, Timestamp now);

/// What the page's form carries: shows that the page was fetched for this very token, within `page_life`.
inline constexpr std::chrono::hours page_life{24};
[[nodiscard]] std::string make_page_nonce(const MasterKey& master, std::string_view token, Timestamp now);
[[nodiscard]] bool is_page_nonce(const MasterKey& master, std::string_view token, std::string_view nonce, Timestamp now);

}  // namespace signalbox
