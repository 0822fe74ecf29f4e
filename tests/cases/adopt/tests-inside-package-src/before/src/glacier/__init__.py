def melt(tons):
    return tons // 2
