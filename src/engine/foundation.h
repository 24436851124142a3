#pragma once
/// What the data file must know of itself before anything runs on it.

#include "signalbox/keys.h"
#include "signalbox/site.h"
#include "signalbox/store.h"

namespace signalbox {

/// The master key; on a new data file it is made, and the site written beside it. Errors: Conflict (the file was made for another region
/// or account), Unavailable.
[[nodiscard]] Result<MasterKey> lay_foundation(Store& store, const Site& site);

}  // namespace signalbox
