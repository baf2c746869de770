/// The number of terminal columns that a text takes: two for East Asian wide characters and emoji, none for marks that
/// combine with the character before them (Unicode Standard Annex 11).
package func displayWidth(of text: String) -> Int {
  // Most cells are ASCII, and a table may have a hundred thousand of them.
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return text.reduce(0) { $0 + displayWidth(of: $1) }
}

func displayWidth(of character: Character) -> Int {
  let scalars = character.unicodeScalars
  guard let first = scalars.first, scalars.contains(where: { !isZeroWidth($0) }) else { return 0 }
  let isEmoji = first.properties.isEmojiPresentation || scalars.contains("\u{FE0F}")
  return isEmoji || wideRanges.contains { $0.contains(first.value) } ? 2 : 1
}

private func isZeroWidth(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format, .control: true
  default: false
  }
}

private let wideRanges: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
  0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
  0x20000...0x3FFFD,
]

/// The text cut to at most `width` columns, the last of them an ellipsis where something was cut.
package func truncated(_ text: String, to width: Int) -> String {
  guard displayWidth(of: text) > width else { return text }
  guard width > 0 else { return "" }
  var result = ""
  var used = 0
  for character in text {
    let next = displayWidth(of: character)
    if used + next > width - 1 { break }
    result.append(character)
    used += next
  }
  return result + "…"
}

enum Alignment: Sendable {
  case left, right
}

func padded(_ text: String, to width: Int, _ alignment: Alignment = .left) -> String {
  let space = String(repeating: " ", count: max(0, width - displayWidth(of: text)))
  return alignment == .left ? text + space : space + text
}

/// One line that is safe to show: line ends and tabs become spaces, and control characters, which could move the
/// cursor or change the title of the terminal, become U+FFFD. Reasons of failures and worker names come from elsewhere.
package func printable(_ text: String) -> String {
  if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 < 0x80 }) { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\r": break
    case "\n", "\t", "\u{2028}", "\u{2029}": result.append(" ")
    case _ where scalar.properties.generalCategory == .control: result.append("\u{FFFD}")
    // Marks that turn the direction of writing would reorder the rest of the line.
    case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": break
    default: result.append(scalar)
    }
  }
  return String(result)
}
