/// The text broken at spaces into lines of at most `width` columns, each with its line end; one line when `width` is
/// nil.
package func wrapped(_ text: String, to width: Int?, indentation: Int = 0) -> String {
  let indent = String(repeating: " ", count: indentation)
  guard let width else { return indent + text + "\n" }
  var lines = ""
  var line = indent
  var used = indentation
  for word in text.split(separator: " ") {
    let length = displayWidth(of: String(word))
    if used > indentation, used + 1 + length > width {
      lines += line + "\n"
      line = indent
      used = indentation
    }
    if used > indentation {
      line += " "
      used += 1
    }
    line += word
    used += length
  }
  return lines + line + "\n"
}

/// The text as one word of a shell command, quoted where that is needed.
func shellWord(_ text: String) -> String {
  let plain = text.utf8.allSatisfy { byte in
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "._-/:+,=@%".utf8.contains(byte)
  }
  return plain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}
