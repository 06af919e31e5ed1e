print("not assembled yet")
