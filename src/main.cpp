#include "cli/commands.h"

int main(int argc, char** argv) { return signalbox::cli::run(argc, argv); }
