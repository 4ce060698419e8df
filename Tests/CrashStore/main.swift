print("crash-store")
