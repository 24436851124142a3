#include "jsonata/heap.h"

#include "jsonata/failure.h"

#include <new>

namespace signalbox::jsonata::engine {

thread_local Heap* Heap::current_ = nullptr;

Heap::Heap(std::size_t budget) : outer_(current_), budget_(budget), held_(Cost::evaluation), at_(own_), end_(own_ + own_bytes) {
  current_ = this;
}

Heap::~Heap() {
  current_ = outer_;
  while (chunks_ != nullptr) {
    Chunk* const next = chunks_->next;
    ::operator delete(chunks_);
    chunks_ = next;
  }
  while (large_.next != &large_) {
    Large* const block = large_.next;
    large_.next = block->next;
    ::operator delete(block);
  }
}

void* Heap::allocate(std::size_t bytes) {
  if (bytes > pooled_max) return allocate_large(bytes);
  const std::size_t size_class = (bytes + step - 1) / step;
  Free* const free = free_[size_class];
  if (free == nullptr) return carve(size_class * step);
  free_[size_class] = free->next;
  return free;
}

void Heap::release(void* block, std::size_t bytes) {
  if (block == nullptr) return;
  if (bytes > pooled_max) {
    Large* const large = static_cast<Large*>(block) - 1;
    large->previous->next = large->next;
    large->next->previous = large->previous;
    ::operator delete(large);
    return;
  }
  const std::size_t size_class = (bytes + step - 1) / step;
  free_[size_class] = new (block) Free{free_[size_class]};
}

void Heap::require(std::size_t cost) const {
  if (cost > budget_ || held_ > budget_ - cost) raise_limit(Limit::Memory);
}

void Heap::over_budget(std::size_t cost) {
  held_ -= cost;
  raise_limit(Limit::Memory);
}

void* Heap::carve(std::size_t bytes) {
  if (static_cast<std::size_t>(end_ - at_) < bytes) {
    auto* const chunk = static_cast<char*>(::operator new(chunk_bytes));
    chunks_ = new (chunk) Chunk{chunks_};
    at_ = chunk + step;
    end_ = chunk + chunk_bytes;
  }
  void* const block = at_;
  at_ += bytes;
  return block;
}

void* Heap::allocate_large(std::size_t bytes) {
  auto* const block = new (::operator new(sizeof(Large) + bytes)) Large{large_.next, &large_};
  block->next->previous = block;
  large_.next = block;
  return block + 1;
}

}  // namespace signalbox::jsonata::engine
