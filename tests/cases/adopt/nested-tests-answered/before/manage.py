print("run me")
