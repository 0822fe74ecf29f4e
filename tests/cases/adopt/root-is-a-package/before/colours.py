RED = "#f00"
