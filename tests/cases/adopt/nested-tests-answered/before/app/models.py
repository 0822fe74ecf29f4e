class User:
    name = "ada"
