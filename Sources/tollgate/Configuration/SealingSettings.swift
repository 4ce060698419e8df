import API
import Storage

/// The keys that what is secret in the state is sealed with.
enum SealingSettings {
    /// Reads `sealing`; nil when it is not there. The first key seals; the others open what was sealed before.
    static func read(
        _ top: ConfigurationObject, _ secrets: inout SecretFiles
    ) throws(ConfigurationError) -> AESSealing? {
        guard let object = try top.object("sealing", keys: ["keys"]) else { return nil }
        var keys: [SealingKey] = []
        for key in try object.objects("keys", keys: ["id", "file"]) {
            let id = try key.requiredString("id")
            let secret = try secrets.read(key, of: "sealing (\(id))")
            do throws(StoreError) {
                keys.append(try SealingKey(name: id, text: secret.bytes))
            } catch {
                throw key.fault(error.message)
            }
        }
        guard let first = keys.first else { throw object.fault("\"sealing.keys\" must hold a key") }
        do throws(StoreError) {
            return try AESSealing(first, replaced: Array(keys.dropFirst()))
        } catch {
            throw object.fault(at: "keys", error.message)
        }
    }
}
