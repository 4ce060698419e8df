/// Where an answer is counted: numbers of the handler's own, carried along until the answer has left.
///
/// Found once per route, so that nothing is looked up by name when the answer is sent. 0 stands for nothing.
package struct ResponseTally: Sendable, Equatable {
    package var route = 0
    package var principal = 0
    package var decision = 0
    /// A sum of the handler's, and what it counts, such as a currency.
    package var amount: Int64 = 0
    package var unit = ""

    package init() {}
}
