import gateway


def check_status():
    assert gateway.status() == 200
