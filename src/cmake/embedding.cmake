# Files that the program carries inside itself (runtime bootstraps, pages): FILE becomes a constant in generated/embedded/NAME.inc,
# to be included between `constexpr std::string_view x =` and `;`. Text files up to some 60 KB.
function(signalbox_embed target file)
  get_filename_component(name ${file} NAME)
  file(READ ${PROJECT_SOURCE_DIR}/${file} text)
  set(out "")
  string(LENGTH "${text}" length)
  # A string literal may be limited; adjacent raw literals of 8,000 characters each are one.
  set(offset 0)
  while(offset LESS length)
    string(SUBSTRING "${text}" ${offset} 8000 part)
    string(APPEND out "R\"EMBED(${part})EMBED\"\n")
    math(EXPR offset "${offset} + 8000")
  endwhile()
  if(length EQUAL 0)
    set(out "\"\"")
  endif()
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/generated/embedded/${name}.inc CONTENT "${out}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
  target_include_directories(${target} PRIVATE ${PROJECT_BINARY_DIR}/generated)
endfunction()

# Each module may embed files: src/MODULE/embed.cmake calls signalbox_embed.
file(GLOB embed_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/embed.cmake ${PROJECT_SOURCE_DIR}/src/*/*/embed.cmake)
foreach(file IN LISTS embed_files)
  include(${file})
endforeach()
