#pragma once
/// What strangers reach by the links in mails: confirming and ending a subscription, on the public listener.
///
///     GET, HEAD, POST /subscriptions/confirm?token=…
///     GET, HEAD, POST /subscriptions/unsubscribe?token=…
///     GET /?Action=ConfirmSubscription&TopicArn=…&Token=…         SNS's own forms, as programs know them
///     GET /?Action=Unsubscribe&SubscriptionArn=…
///
/// HEAD, OPTIONS and prefetches never decide. Where links are to be confirmed (`--verification=confirm`) no GET of a person's link
/// does: it shows a page whose button posts a nonce back. An http(s) endpoint's own confirmation is asked for by a program that was sent
/// the token and nothing else, so its GET decides in either mode.

#include "http/http.h"
#include "signalbox/engine.h"
#include "signalbox/topics.h"

#include <memory>

namespace signalbox {

class SubscriptionPages {
 public:
  /// Engine and topics outlive the pages and the router they are installed in.
  SubscriptionPages(Engine& engine, const Topics& topics, bool confirm);
  ~SubscriptionPages();

  /// The `/subscriptions/…` routes. To be used on one thread, the I/O thread, after Engine::start().
  void install(http::Router& router);
  /// For GET `/` of the public listener, when its query has an `Action`. Unknown actions get 404.
  [[nodiscard]] http::Handler action_handler();

 private:
  struct Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace signalbox
