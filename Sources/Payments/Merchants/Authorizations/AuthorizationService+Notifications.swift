extension AuthorizationService {
    /// Takes down what a provider said by itself, in a transaction of its own.
    package func apply(_ notification: ProviderNotification) throws(PaymentError) -> Committed<NotificationVerdict> {
        try repository.transaction { transaction throws(PaymentError) in
            try apply(notification, in: &transaction)
        }
    }

    /// Takes down what a provider said by itself, in the transaction that takes down the event.
    ///
    /// An event counts once, and events may come in any order.
    package func apply(
        _ notification: ProviderNotification, in transaction: inout Transaction
    ) throws(PaymentError) -> NotificationVerdict {
        let event = ProviderEvent.key(notification)
        guard try transaction.get(ProviderEvent.self, event) == nil else { return .repeated }
        guard var payment = try payment(of: notification, in: &transaction) else { return .unknownPayment }
        let now = clock.milliseconds()
        let settled = payment.apply(redacted(notification), now: now)
        transaction.put(ProviderEvent(event.id, received: now))
        try transaction.store(
            payment, settled: settled, due: now + AuthorizationService.firstLookUpMilliseconds, now: now)
        return .applied
    }

    private func redacted(_ notification: ProviderNotification) -> ProviderNotification {
        var notification = notification
        switch notification.news {
        case .failed(let message): notification.news = .failed(sentence(message))
        case .refund(let refund, let outcome): notification.news = .refund(refund, redacted(outcome))
        case .held, .paid, .cancelled, .refunded, .disputed, .disputeWon: break
        }
        return notification
    }

    /// The payment a notification is about. Our id alone proves nothing: whoever owns an account can write it into the
    /// metadata of a payment of their own.
    private func payment(
        of notification: ProviderNotification, in transaction: inout Transaction
    ) throws(PaymentError) -> Payment? {
        let account = notification.account.map {
            providers.stripeAccounts.document($0, isLive: notification.mode == .live)
        }
        var id = notification.payment
        if id == nil, let account {
            let key = ProviderPayment.key(notification.provider, account.text, notification.providerID)
            id = try transaction.get(ProviderPayment.self, key)?.payment
        }
        guard let id, let payment = try transaction.get(Payment.self, Payment.key(id)),
            payment.provider == notification.provider, payment.mode == notification.mode, payment.account == account,
            payment.providerID == nil || payment.providerID == notification.providerID
        else { return nil }
        return payment
    }
}
