#include "support/source_directory.h"

std::filesystem::path signalbox::test::source_directory() { return SIGNALBOX_SOURCE_DIR; }
