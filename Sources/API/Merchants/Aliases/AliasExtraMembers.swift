import Payments

/// `AliasExtra` as it came: what a client states about the customer (contracts: authorization, section 2). Most of it
/// only decides whether the registration is complete.
struct AliasExtraMembers {
    private var method: PaymentMethod?
    /// Whether it names a method that the contract knows and no provider takes.
    private(set) var hasUnusableMethod = false
    private var card: AliasExtra.Card?
    private var bankAccount: AliasExtra.BankAccount?
    private var payPal: AliasExtra.PayPal?
    private var person: AliasExtra.Person?
    /// Every text with its path.
    private var texts: [(path: String, text: String)] = []

    /// - Throws: 2004 also for a payment method nobody knows.
    init(_ body: MerchantBody) throws(MerchantRefusal) {
        if let name = try body.text("paymentMethod") {
            method = PaymentMethod(rawValue: name)
            hasUnusableMethod = AliasExtraMembers.unusableMethods.contains { $0.hasSameBytes(as: name) }
            guard method != nil || hasUnusableMethod else { throw .unreadable }
        }
        if let object = try body.body("ccConfig") { try readCard(object) }
        if let object = try body.body("sepaConfig") {
            var account = AliasExtra.BankAccount()
            account.iban = try text(object, "iban", "sepaConfig")
            account.bic = try text(object, "bic", "sepaConfig")
            bankAccount = account
        }
        if let object = try body.body("payPalConfig") {
            var payPal = AliasExtra.PayPal()
            payPal.nonce = try text(object, "nonce", "payPalConfig")
            payPal.deviceData = try text(object, "deviceData", "payPalConfig", isLong: true)
            self.payPal = payPal
        }
        if let object = try body.body("personalData") {
            var person = AliasExtra.Person()
            person.email = try text(object, "email", "personalData")
            person.firstName = try text(object, "firstName", "personalData")
            person.lastName = try text(object, "lastName", "personalData")
            person.country = try text(object, "country", "personalData")
            self.person = person
        }
    }

    /// - Returns: nil when something is wrong; then it is among the faults.
    func checked(_ faults: inout FieldFaults) -> AliasExtra? {
        if !hasUnusableMethod { _ = faults.require(method, "extra.paymentMethod") }
        for (path, text) in texts { faults.check(text, "extra.\(path)") }
        faults.check(card?.mask, "extra.ccConfig.ccMask", length: 0...4)
        guard let method, faults.list.isEmpty else { return nil }
        var extra = AliasExtra(method: method)
        extra.card = card
        extra.bankAccount = bankAccount
        extra.payPal = payPal
        extra.person = person
        return extra
    }

    private static let unusableMethods = ["GOOGLE_PAY", "APPLE_PAY", "KLARNA"]

    private mutating func readCard(_ object: MerchantBody) throws(MerchantRefusal) {
        var card = AliasExtra.Card()
        card.mask = try object.text("ccMask")
        card.expiry = try text(object, "ccExpiry", "ccConfig")
        card.type = try text(object, "ccType", "ccConfig")
        card.holderName = try text(object, "ccHolderName", "ccConfig")
        card.nonce = try text(object, "nonce", "ccConfig")
        card.deviceData = try text(object, "deviceData", "ccConfig", isLong: true)
        let encrypted: [StaticString] = [
            "encryptedCardNumber", "encryptedExpiryMonth", "encryptedExpiryYear", "encryptedSecurityCode",
        ]
        var count = 0
        for name in encrypted {
            if let text = try object.text(name), !text.isEmpty { count += 1 }
        }
        card.hasEncryptedFields = count == encrypted.count
        self.card = card
    }

    /// - Parameter isLong: whether only the size of the body limits it.
    private mutating func text(
        _ object: MerchantBody, _ name: StaticString, _ parent: StaticString, isLong: Bool = false
    ) throws(MerchantRefusal) -> String? {
        let text = try object.text(name)
        if let text, !isLong { texts.append(("\(parent).\(name)", text)) }
        return text
    }
}
