import JSON

/// What our reader does where the suite leaves the choice, or where we deliberately differ from it.
struct ConformanceDecision: Sendable {
    let name: String
    /// nil: accepted.
    let refusal: JSONError.Reason?
    let why: String

    private init(_ name: String, refused refusal: JSONError.Reason, _ why: String) {
        self.name = name
        self.refusal = refusal
        self.why = why
    }

    private init(_ name: String, accepted why: String) {
        self.name = name
        self.refusal = nil
        self.why = why
    }

    static func of(_ example: ConformanceCase) -> ConformanceDecision? {
        (deviations + open).first { $0.name == example.name }
    }

    /// Texts the suite calls valid and we refuse.
    static let deviations: [ConformanceDecision] = [
        .init("y_object_duplicated_key", refused: .duplicateName, duplicate),
        .init("y_object_duplicated_key_and_value", refused: .duplicateName, duplicate),
    ]

    static let open: [ConformanceDecision] = [
        .init("i_number_double_huge_neg_exp", accepted: number),
        .init("i_number_huge_exp", accepted: number),
        .init("i_number_neg_int_huge_exp", accepted: number),
        .init("i_number_pos_double_huge_exp", accepted: number),
        .init("i_number_real_neg_overflow", accepted: number),
        .init("i_number_real_pos_overflow", accepted: number),
        .init("i_number_real_underflow", accepted: number),
        .init("i_number_too_big_neg_int", accepted: number),
        .init("i_number_too_big_pos_int", accepted: number),
        .init("i_number_very_big_negative_int", accepted: number),
        .init("i_object_key_lone_2nd_surrogate", refused: .loneSurrogate, surrogate),
        .init("i_string_1st_surrogate_but_2nd_missing", refused: .loneSurrogate, surrogate),
        .init("i_string_1st_valid_surrogate_2nd_invalid", refused: .loneSurrogate, surrogate),
        .init("i_string_UTF-16LE_with_BOM", refused: .expectedValue, encoding),
        .init("i_string_UTF-8_invalid_sequence", refused: .invalidUTF8, malformed),
        .init("i_string_UTF8_surrogate_U+D800", refused: .invalidUTF8, malformed),
        .init("i_string_incomplete_surrogate_and_escape_valid", refused: .loneSurrogate, surrogate),
        .init("i_string_incomplete_surrogate_pair", refused: .loneSurrogate, surrogate),
        .init("i_string_incomplete_surrogates_escape_valid", refused: .loneSurrogate, surrogate),
        .init("i_string_invalid_lonely_surrogate", refused: .loneSurrogate, surrogate),
        .init("i_string_invalid_surrogate", refused: .loneSurrogate, surrogate),
        .init("i_string_invalid_utf-8", refused: .invalidUTF8, malformed),
        .init("i_string_inverted_surrogates_U+1D11E", refused: .loneSurrogate, surrogate),
        .init("i_string_iso_latin_1", refused: .invalidUTF8, malformed),
        .init("i_string_lone_second_surrogate", refused: .loneSurrogate, surrogate),
        .init("i_string_lone_utf8_continuation_byte", refused: .invalidUTF8, malformed),
        .init("i_string_not_in_unicode_range", refused: .invalidUTF8, malformed),
        .init("i_string_overlong_sequence_2_bytes", refused: .invalidUTF8, malformed),
        .init("i_string_overlong_sequence_6_bytes", refused: .invalidUTF8, malformed),
        .init("i_string_overlong_sequence_6_bytes_null", refused: .invalidUTF8, malformed),
        .init("i_string_truncated-utf-8", refused: .invalidUTF8, malformed),
        .init("i_string_utf16BE_no_BOM", refused: .expectedValue, encoding),
        .init("i_string_utf16LE_no_BOM", refused: .expectedValue, encoding),
        .init("i_structure_500_nested_arrays", refused: .tooDeep, "No message of ours is deeper than 32."),
        .init("i_structure_UTF-8_BOM_empty_object", refused: .byteOrderMark, "RFC 8259, section 8.1: not to be sent."),
    ]

    private static let duplicate = "Readers differ in which member counts, so a signed text could mean two things."
    private static let number = "Numbers are kept as text; as integers they are nil when they do not fit."
    private static let surrogate = "It is no character; a replacement would change what was signed."
    private static let malformed = "It is no UTF-8; a replacement would change what was signed."
    private static let encoding = "RFC 8259, section 8.1 asks for UTF-8."
}
