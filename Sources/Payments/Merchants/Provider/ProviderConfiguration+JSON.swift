import JSON

extension ProviderConfiguration {
    private enum AccessName: String {
        case sandbox, stripe, sealed
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", type.rawValue)
        switch access {
        case .sandbox: writer.member("access", AccessName.sandbox.rawValue)
        case .stripe(let event):
            writer.member("access", AccessName.stripe.rawValue)
            writer.member("event", event.number)
        case .sealed(let secrets):
            writer.member("access", AccessName.sealed.rawValue)
            writer.name("secrets")
            writer.beginArray()
            for secret in secrets {
                writer.beginObject()
                writer.member("name", secret.name)
                writer.member("value", secret.value.text)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.name("settings")
        writer.beginArray()
        for setting in settings {
            writer.beginObject()
            writer.member("name", setting.name)
            writer.member("value", setting.value)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    init(_ json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "provider configuration")
        var settings: [Setting] = []
        for element in try fields.array("settings") {
            let setting = StoredFields(element, of: "provider setting")
            settings.append(Setting(name: try setting.string("name"), value: try setting.string("value")))
        }
        let name: AccessName = try fields.value("access")
        let access: Access
        switch name {
        case .sandbox: access = .sandbox
        case .stripe: access = .stripe(event: try fields.numericID("event"))
        case .sealed:
            var secrets: [Secret] = []
            for element in try fields.array("secrets") {
                let secret = StoredFields(element, of: "provider secret")
                secrets.append(Secret(name: try secret.string("name"), value: try secret.sealed("value")))
            }
            access = .sealed(secrets)
        }
        self.init(type: try fields.value("type"), access: access, settings: settings)
    }
}
