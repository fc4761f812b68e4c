# Writes a C file that holds data files as bytes (cmake -P, at build time).
#   -DOUT=FILE.c -DROOT=SOURCE_DIR -DFILES="a;b"
file(WRITE ${OUT}.new "#include \"base/asset.h\"\n\n")
set(rows "")
set(number 0)
foreach(file ${FILES})
  file(READ ${ROOT}/${file} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  file(APPEND ${OUT}.new
       "static const unsigned char bytes_${number}[] = {${bytes}0};\n")
  string(APPEND rows "    {\"${file}\", (const char *)bytes_${number}, "
                     "sizeof bytes_${number} - 1},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(APPEND ${OUT}.new
     "\nconst struct asset assets[] = {\n${rows}};\n"
     "const size_t asset_count = ${number};\n")
file(RENAME ${OUT}.new ${OUT})
