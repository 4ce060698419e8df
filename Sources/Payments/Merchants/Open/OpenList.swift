/// A durable list of documents that somebody still has to look after: payments that are not settled, notifications that
/// are not delivered. The repository finds documents by id only; this is what finds them after a restart.
///
/// The document itself remembers which page it stands on.
struct OpenList: Sendable {
    let name: String

    static let payments = OpenList(name: "payments")
    static let deliveries = OpenList(name: "deliveries")

    /// - Returns: the page it stands on now.
    func add(_ id: DocumentID, due: Int64, in transaction: inout Transaction) throws(PaymentError) -> Int64 {
        let headID = DocumentID(name)
        var head = try transaction.get(OpenListHead.self, headID) ?? OpenListHead(list: name)
        var page: OpenPage
        if let last = try self.page(head.last, in: &transaction), last.entries.count < OpenPage.capacity {
            page = last
        } else {
            page = try append(to: &head, in: &transaction)
        }
        page.entries.append(OpenPage.Entry(id: id, due: due))
        transaction.put(page)
        return page.number
    }

    func remove(_ id: DocumentID, from number: Int64, in transaction: inout Transaction) throws(PaymentError) {
        guard var page = try self.page(number, in: &transaction) else { return }
        page.entries.removeAll { $0.id == id }
        guard page.entries.isEmpty, try unlink(&page, in: &transaction) else { return transaction.put(page) }
    }

    /// Sets when to look after a document again.
    func postpone(
        _ id: DocumentID, on number: Int64, until due: Int64, in transaction: inout Transaction
    ) throws(PaymentError) {
        guard var page = try self.page(number, in: &transaction),
            let index = page.entries.firstIndex(where: { $0.id == id })
        else { return }
        page.entries[index].due = due
        transaction.put(page)
    }

    /// A document that is due, and the page it stands on.
    struct Due: Equatable {
        let id: DocumentID
        let page: Int64
    }

    /// The first documents that are due, each page read in a transaction of its own.
    func due(at now: Int64, limit: Int, in repository: any Repository) throws(PaymentError) -> [Due] {
        var found: [Due] = []
        let head = try repository.transaction { transaction throws(PaymentError) in
            try transaction.get(OpenListHead.self, DocumentID(name))
        }.result
        var number = head?.first ?? 0
        // No more steps than there are pages: a page that leaves the chain meanwhile may lead elsewhere. What is missed
        // for it is found the next time.
        var steps = head?.highest ?? 0
        while number != 0, steps > 0, found.count < limit {
            steps -= 1
            let key = OpenPage.key(name, number)
            let page = try repository.transaction(reading: [key]) { transaction throws(PaymentError) in
                try transaction.get(OpenPage.self, key)
            }.result
            found += (page?.entries ?? []).filter { $0.due <= now }.map { Due(id: $0.id, page: number) }
            number = page?.next ?? 0
        }
        return Array(found.prefix(limit))
    }

    /// Looks after what is due, one after the other. What fails is put aside for ten minutes: a broken record must
    /// not keep the others waiting, nor be tried every few seconds.
    ///
    /// - Parameter look: is given a document, and says how much it did.
    /// - Returns: how much was done in all.
    /// - Throws: the first failure, once everything was looked at.
    func lookAfter(
        atMost limit: Int, clock: Clock, in repository: any Repository,
        _ look: (DocumentID) throws(PaymentError) -> Int
    ) throws(PaymentError) -> Int {
        var done = 0
        var first: PaymentError?
        for due in try due(at: clock.milliseconds(), limit: limit, in: repository) {
            do throws(PaymentError) {
                done += try look(due.id)
            } catch {
                first = first ?? error
                // What the store had no room for is no fault of the record's.
                if error.code == .overloaded { continue }
                try? putAside(due, at: clock.milliseconds(), in: repository)
            }
        }
        if let first { throw first }
        return done
    }

    private static let asideMilliseconds: Int64 = 600_000

    private func putAside(_ due: Due, at now: Int64, in repository: any Repository) throws(PaymentError) {
        _ = try repository.transaction { transaction throws(PaymentError) in
            try postpone(due.id, on: due.page, until: now + OpenList.asideMilliseconds, in: &transaction)
        }
    }

    // MARK: The chain

    private func page(_ number: Int64, in transaction: inout Transaction) throws(PaymentError) -> OpenPage? {
        number == 0 ? nil : try transaction.get(OpenPage.self, OpenPage.key(name, number))
    }

    /// A new last page, one of the free ones where there is one; the head is put, the page is not.
    private func append(
        to head: inout OpenListHead, in transaction: inout Transaction
    ) throws(PaymentError) -> OpenPage {
        let number: Int64
        if let free = try page(head.free, in: &transaction) {
            number = free.number
            head.free = free.next
        } else {
            head.highest += 1
            number = head.highest
        }
        if var last = try page(head.last, in: &transaction) {
            last.next = number
            transaction.put(last)
        }
        let page = OpenPage(list: name, number: number, previous: head.last)
        if head.first == 0 { head.first = number }
        head.last = number
        transaction.put(head)
        return page
    }

    /// Takes an empty page out of the chain and puts it with the free ones; the last page stays, as the next is added
    /// there.
    ///
    /// - Returns: whether it was taken out, and put.
    private func unlink(_ page: inout OpenPage, in transaction: inout Transaction) throws(PaymentError) -> Bool {
        guard var head = try transaction.get(OpenListHead.self, DocumentID(name)), page.number != head.last else {
            return false
        }
        if var previous = try self.page(page.previous, in: &transaction) {
            previous.next = page.next
            transaction.put(previous)
        } else {
            head.first = page.next
        }
        if var next = try self.page(page.next, in: &transaction) {
            next.previous = page.previous
            transaction.put(next)
        }
        (page.previous, page.next) = (0, head.free)
        head.free = page.number
        transaction.put(head)
        transaction.put(page)
        return true
    }
}
