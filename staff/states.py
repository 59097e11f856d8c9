from core.words import Words


class Role(Words):
    """R-S-1; guards and cleaners belong to outside firms and have no login."""

    CLERK = "clerk", "营业员"
    GREETER = "greeter", "引导员"
    ENQUIRY = "enquiry", "咨询"
    FLOOR_WALKER = "floor_walker", "流动岗"
    BACK_OFFICE = "back_office", "后台"
    HANDSET_SELLER = "handset_seller", "终端销售"
    ACCOUNT_MANAGER = "account_manager", "客户经理"
    DUTY_MANAGER = "duty_manager", "值班经理"
    HALL_MANAGER = "hall_manager", "店长"
    COMPLAINT_HANDLER = "complaint_handler", "投诉处理员"
    INSPECTOR = "inspector", "督导"
    DISTRICT = "district", "区县主管"
    OPERATIONS = "operations", "市公司运营"
