#include "cli/memory.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace signalbox::cli {

namespace {

// What is mapped from files without leave to write was never changed, so nothing is lost: code, constants, the tables of exceptions. Data that
// had to be relocated is in a segment that could be written, and exists in memory only.
int release_unchanged(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const auto begin = (object->dlpi_addr + segment.p_vaddr) / page * page;
    const auto end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);  // refused where it is not possible
  }
  return 0;
}

}  // namespace

void release_start_pages() { dl_iterate_phdr(&release_unchanged, nullptr); }

}  // namespace signalbox::cli
