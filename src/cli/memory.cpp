#include "cli/memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace signalbox::cli {

// glibc grows the heap of a thread other than the first page by page, and cuts it down when a transaction's memory is freed: under load
// that was one to two calls of mprotect() for each workflow, each of them interrupting the other thread.
void keep_freed_memory() {
#ifdef M_TRIM_THRESHOLD
  constexpr int kept_bytes = 4 * 1024 * 1024, step_bytes = 256 * 1024;
  mallopt(M_TRIM_THRESHOLD, kept_bytes);
  mallopt(M_TOP_PAD, step_bytes);
#endif
}

namespace {

// Code is mapped read-only from files and never changed, so nothing is lost. Read-only data is left alone: the part of it that was
// relocated exists in memory only.
int release_code(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0 || (segment.p_flags & PF_W) != 0) continue;
    const auto begin = (object->dlpi_addr + segment.p_vaddr) / page * page;
    const auto end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);   // refused where it is not possible
  }
  return 0;
}

}  // namespace

void release_start_code() { dl_iterate_phdr(&release_code, nullptr); }

}  // namespace signalbox::cli
