#pragma once
/// Items of a distributed Map, one after another, as an ItemReader finds them in the object store. Spec: ItemReader, ReaderConfig.

#include "services/objects/object_service.h"
#include "signalbox/map_runs.h"

#include <memory>
#include <optional>

namespace signalbox::objects {

/// Used on one file thread at a time.
class ItemStream {
 public:
  virtual ~ItemStream() = default;
  /// Nothing: there are no more. Errors: States.ItemReaderFailed.
  [[nodiscard]] virtual Evaluated<std::optional<Json>> next() = 0;
};

/// What a reader's parameters and configuration ask for. `reader` must outlive it. Errors: States.ItemReaderFailed.
[[nodiscard]] Evaluated<std::unique_ptr<ItemStream>> open_items(const ObjectService& service, std::shared_ptr<Reader> reader,
                                                                const MapRunPlan::Reader& plan);

/// The items of an object's whole text, not packed; `config` is a ReaderConfig. Errors: States.ItemReaderFailed.
[[nodiscard]] Evaluated<Json> items_of_text(std::string text, const Json& config);

[[nodiscard]] WorkflowError item_reader_failed(std::string cause);
/// As Step Functions reports what S3 refused it: TEXT (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey; …).
[[nodiscard]] std::string s3_refusal(const Error& error);

}  // namespace signalbox::objects
