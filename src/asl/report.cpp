#include "asl/report.h"

#include <iterator>
#include <utility>

namespace signalbox::asl {

void Report::fault(std::string message, std::string where) {
  fault(Phase::Form, "SCHEMA_VALIDATION_FAILED", std::move(message), std::move(where));
}

void Report::fault(Phase phase, std::string code, std::string message, std::optional<std::string> where) {
  auto& list = phase == Phase::Form ? form_ : phase == Phase::Targets ? targets_ : graph_;
  list.push_back({Diagnostic::Severity::Error, std::move(code), std::move(message), std::move(where)});
}

void Report::warning(std::string code, std::string message, std::string where) {
  warnings_.push_back({Diagnostic::Severity::Warning, std::move(code), std::move(message), std::move(where)});
}

void Report::not_offered(std::string where, std::string what) {
  runnable_ = false;
  unsupported_.push_back(std::move(where) + ": " + std::move(what));
}

void Report::service_not_offered(std::string where, std::string service) {
  unsupported_.push_back(std::move(where) + ": the service " + std::move(service) + " is not offered here");
}

bool Report::has_faults() const { return !form_.empty() || !targets_.empty() || !graph_.empty(); }

std::vector<Diagnostic> Report::take_diagnostics() {
  auto all = std::move(form_);
  std::move(targets_.begin(), targets_.end(), std::back_inserter(all));
  std::move(graph_.begin(), graph_.end(), std::back_inserter(all));
  std::move(warnings_.begin(), warnings_.end(), std::back_inserter(all));
  return all;
}

}  // namespace signalbox::asl
