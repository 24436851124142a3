#pragma once
/// The parts of the context object. Spec: The Context Object.

#include "core/data_flow.h"

namespace signalbox::core {

/// `Execution` and `StateMachine`: the same throughout an execution.
[[nodiscard]] Json make_constant_context(const Execution& execution);

/// With `constant`'s members, and those of the rest that are read. `token` and `item` are shown if given; otherwise the item is the one of the Map
/// iteration that the frame is in, if any.
[[nodiscard]] Json make_context(const Execution& execution, const Frame& frame, const Json& constant, const std::optional<TaskToken>& token,
                                const std::optional<MapItem>& item, const ContextReads& reads);

/// A context object that was made elsewhere, as a Map's ItemSelector sees it for `item`.
[[nodiscard]] Json with_item(const Json& context, const MapItem& item);

/// The frame's variables over those of the frames around it.
[[nodiscard]] Json variables_in_scope(const Execution& execution, const Frame& frame);

}  // namespace signalbox::core
